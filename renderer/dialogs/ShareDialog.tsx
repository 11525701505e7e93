import { Copy } from 'lucide-react';
import { useState } from 'react';
import type { ShareInfo } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { useAction } from '../engine/use-action.ts';
import { useFormats } from '../i18n/format.ts';
import { useText, type TextKey } from '../i18n/index.ts';
import { attempt } from '../store/attempt.ts';
import { bucketChanged, closeDialog } from '../store/store.ts';
import type { Place } from '../store/types.ts';
import { Button } from '../ui/Button.tsx';
import { Choices, Segments } from '../ui/Choice.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorNote, WarningNote } from '../ui/ErrorNote.tsx';
import { TextField } from '../ui/Field.tsx';
import { fileName } from '../views/files/names.ts';
import { QrCode } from './QrCode.tsx';

const EXPIRIES = {
  '600': 'share.10m',
  '3600': 'share.1h',
  '86400': 'share.1d',
  '604800': 'share.7d',
} as const satisfies Record<string, TextKey>;
type Expiry = keyof typeof EXPIRIES | 'custom';
const MOST_HOURS = 168;

/** Makes a link to an object, to fetch it or to send it. */
export function ShareDialog({
  place,
  objectKey,
  upload,
}: {
  readonly place: Place;
  readonly objectKey: string;
  readonly upload: boolean;
}) {
  const t = useText();
  const [expiry, setExpiry] = useState<Expiry>('86400');
  const [hours, setHours] = useState('48');
  const [kind, setKind] = useState<'download' | 'upload'>(upload ? 'upload' : 'download');
  const [name, setName] = useState(fileName(objectKey));
  const [made, setMade] = useState<ShareInfo>();
  const isHoursValid = /^\d+$/.test(hours) && Number(hours) >= 1 && Number(hours) <= MOST_HOURS;
  const create = useAction(async () => {
    const expiresInSeconds = expiry === 'custom' ? Number(hours) * 3600 : Number(expiry);
    const target = { kind: 'object', account: place.account, bucket: place.bucket, key: objectKey } as const;
    const downloadName = name.trim() === '' || name === fileName(objectKey) ? {} : { downloadName: name.trim() };
    setMade(
      await engine().call('share.create', { target, expiresInSeconds, upload: kind === 'upload', ...downloadName }),
    );
    bucketChanged();
  });
  const title = t('share.title', { name: fileName(objectKey) });
  if (made !== undefined) return <Made title={title} share={made} />;
  return (
    <Dialog
      title={title}
      onClose={closeDialog}
      isBusy={create.isBusy}
      onSubmit={() => void create.run()}
      footer={
        <>
          <Button size="large" onPress={closeDialog}>
            {t('common.cancel')}
          </Button>
          <Button
            size="large"
            variant="primary"
            type="submit"
            isDisabled={create.isBusy || (expiry === 'custom' && !isHoursValid)}
          >
            {t(create.isBusy ? 'share.making' : 'share.make')}
          </Button>
        </>
      }
    >
      <ErrorNote error={create.error} />
      <div className="field">
        <span className="label">{t('share.expires')}</span>
        <Segments<Expiry>
          label={t('share.expires')}
          value={expiry}
          onChange={setExpiry}
          options={[
            ...Object.entries(EXPIRIES).map(([value, key]) => ({ value: value as Expiry, title: t(key) })),
            { value: 'custom', title: t('share.custom') },
          ]}
        />
      </div>
      {expiry === 'custom' ? (
        <TextField
          label={t('share.hours')}
          type="number"
          value={hours}
          onChange={setHours}
          wrong={isHoursValid ? undefined : t('share.hours-wrong')}
        />
      ) : null}
      <Choices
        label={t('share.kind')}
        value={kind}
        onChange={setKind}
        options={[
          { value: 'download', title: t('share.download'), help: t('share.download.help') },
          { value: 'upload', title: t('share.upload'), help: t('share.upload.help') },
        ]}
      />
      {kind === 'download' ? (
        <TextField label={t('share.name')} value={name} onChange={setName} help={t('share.name.help')} />
      ) : null}
    </Dialog>
  );
}

function Made({ title, share }: { readonly title: string; readonly share: ShareInfo }) {
  const t = useText();
  const { time } = useFormats();
  const copy = () => attempt(t('share.copied'), () => navigator.clipboard.writeText(share.url));
  return (
    <Dialog
      title={title}
      size="wide"
      onClose={closeDialog}
      footer={
        <>
          <Button size="large" onPress={closeDialog}>
            {t('common.close')}
          </Button>
          <Button size="large" variant="primary" icon={Copy} autoFocus onPress={copy}>
            {t('share.copy')}
          </Button>
        </>
      }
    >
      {share.warnings.map((warning) => (
        <WarningNote key={warning}>
          <p>{warningText(warning, t)}</p>
        </WarningNote>
      ))}
      <div className="share-result">
        <QrCode text={share.url} label={t('share.qr')} />
        <div className="stack">
          <p className="share-url code" data-testid="share-url" tabIndex={0}>
            {share.url}
          </p>
          <p className="muted">{t('share.until', { time: time(share.expiresMs) })}</p>
          <p className="muted">{t('share.no-recall')}</p>
        </div>
      </div>
    </Dialog>
  );
}

/** The engine warns in English; the three things that it warns of have words in every language. */
function warningText(warning: string, t: ReturnType<typeof useText>): string {
  if (warning.includes('on this computer')) return t('share.warn-local');
  if (warning.includes('private address')) return t('share.warn-private');
  return warning.includes('plain HTTP') ? t('share.warn-http') : warning;
}
