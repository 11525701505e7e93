import { Cloud, Copy, Laptop, type LucideIcon } from 'lucide-react';
import type { ProblemInfo } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { hasErrorCode } from '../engine/error-code.ts';
import { useAction } from '../engine/use-action.ts';
import { useAnswer } from '../engine/use-answer.ts';
import { useErrorText } from '../i18n/error-text.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { closeDialog, notify, useApp } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { fileName } from '../views/files/names.ts';

type Keep = 'mine' | 'theirs' | 'both';

/** The two versions of a file side by side, and which of them keeps the name. */
export function ResolveDialog({ problem }: { readonly problem: ProblemInfo }) {
  const t = useText();
  const folder = useApp((state) => state.status?.folders.find(({ folder: { id } }) => id === problem.folderId)?.folder);
  const resolve = useAction(async (keep: Keep) => {
    await engine().call('problem.resolve', { id: problem.id, keep });
    notify('done', t(`conflict.done.${keep}`, { name: fileName(problem.path) }));
    closeDialog();
  });
  const side = (key: string) => folder && { account: folder.account, bucket: folder.bucket, key: folder.prefix + key };
  return (
    <Dialog
      title={t('conflict.title', { name: fileName(problem.path) })}
      size="wide"
      isBusy={resolve.isBusy}
      onClose={closeDialog}
    >
      <ErrorNote error={resolve.error} />
      <p>{t('conflict.text')}</p>
      <div className="sides">
        <Side icon={Laptop} title={t('conflict.mine')} name={problem.detail} object={side(problem.detail)}>
          <Button isDisabled={resolve.isBusy} onPress={() => void resolve.run('mine')}>
            {t('conflict.keep-mine')}
          </Button>
        </Side>
        <Side icon={Cloud} title={t('conflict.theirs')} name={problem.path} object={side(problem.path)}>
          <Button isDisabled={resolve.isBusy} onPress={() => void resolve.run('theirs')}>
            {t('conflict.keep-theirs')}
          </Button>
        </Side>
      </div>
      <div className="row wrap">
        <p className="spread muted">{t('conflict.trash')}</p>
        <Button icon={Copy} isDisabled={resolve.isBusy} onPress={() => void resolve.run('both')}>
          {t('conflict.keep-both')}
        </Button>
      </div>
    </Dialog>
  );
}

function Side({
  icon: Icon,
  title,
  name,
  object,
  children,
}: {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly name: string;
  readonly object: { account: string; bucket: string; key: string } | undefined;
  readonly children: React.ReactNode;
}) {
  const t = useText();
  const { size, time } = useFormats();
  const textOf = useErrorText();
  const { data, error } = useAnswer(
    object && JSON.stringify(object),
    async (signal) => object && engine().call('object.properties', object, signal),
  );
  const facts = () => {
    if (data !== undefined) return `${size(data.sizeBytes)} · ${time(data.lastModifiedMs)}`;
    if (error === undefined) return t('common.loading');
    // Only that it is not there says so: who decides by it must not take a server out of reach for that.
    return hasErrorCode(error, 'no-such-key') ? t('conflict.unknown') : textOf(error).message;
  };
  return (
    <section className="side-card">
      <h3 className="row">
        <Icon className="icon" aria-hidden /> {title}
      </h3>
      <p className="muted">{name}</p>
      <p className="numeric">{facts()}</p>
      {children}
    </section>
  );
}
