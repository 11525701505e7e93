import { useState } from 'react';
import type { CommandOutput } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { useAction } from '../engine/use-action.ts';
import { useErrorText } from '../i18n/error-text.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { bucketChanged, closeDialog, notify, openDialog } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Loading } from '../ui/Empty.tsx';
import { ErrorNote, WarningNote } from '../ui/ErrorNote.tsx';

type Problem = CommandOutput<'trash.empty'>['problems'][number];

/** Asks before what is in the trash goes for good. */
export function EmptyTrashDialog({
  name,
  folderIds,
}: {
  readonly name: string;
  readonly folderIds: readonly string[];
}) {
  const t = useText();
  const textOf = useErrorText();
  const { number, size } = useFormats();
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const back = () => openDialog({ kind: 'trash', name, folderIds });
  const empty = useAction(async () => {
    let [files, bytes] = [0, 0];
    const told: Problem[] = [];
    for (const id of folderIds) {
      const emptied = await engine().call('trash.empty', { id });
      for (const part of [emptied.computer, emptied.bucket]) {
        files += part.removedFiles;
        bytes += part.freedBytes;
      }
      told.push(...emptied.problems);
    }
    bucketChanged();
    setProblems(told);
    if (told.length > 0) return;
    notify('done', t('trash.emptied', { count: files, files: number(files), bytes: size(bytes) }));
    closeDialog();
  });
  return (
    <Dialog
      title={t('trash.empty-title', { name })}
      isAlert
      isBusy={empty.isBusy}
      onClose={back}
      onSubmit={() => void empty.run()}
      footer={
        <>
          <Button size="large" autoFocus isDisabled={empty.isBusy} onPress={back}>
            {t('common.cancel')}
          </Button>
          <Button size="large" variant="danger" type="submit" isDisabled={empty.isBusy}>
            {t('trash.empty-now')}
          </Button>
        </>
      }
    >
      <ErrorNote error={empty.error} />
      {problems.length === 0 ? null : (
        <WarningNote>
          {problems.map((problem, index) => {
            const { message, advice, detail } = textOf({ ...problem, detail: '' });
            return (
              <p key={index} title={detail}>
                {message} {advice}
              </p>
            );
          })}
        </WarningNote>
      )}
      <p>{t('trash.empty-text')}</p>
      {empty.isBusy ? <Loading text={t('trash.emptying')} /> : null}
    </Dialog>
  );
}
