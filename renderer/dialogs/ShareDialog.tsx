import { useState } from 'react';
import { makeShare, type ShareInfo, type ShareProgress } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { useStoppable } from '../engine/use-stoppable.ts';
import { useFormats } from '../i18n/format.ts';
import { useText, type TextKey } from '../i18n/index.ts';
import { bucketChanged, closeDialog } from '../store/store.ts';
import type { Place } from '../store/types.ts';
import { Button } from '../ui/Button.tsx';
import { Choices, Segments } from '../ui/Choice.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Meter } from '../ui/Empty.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { TextField } from '../ui/Field.tsx';
import { itemName } from '../views/files/names.ts';
import { CloseOrStop } from './CloseOrStop.tsx';
import { ShareMade } from './ShareMade.tsx';

const EXPIRIES = {
  '600': 'share.10m',
  '3600': 'share.1h',
  '86400': 'share.1d',
  '604800': 'share.7d',
} as const satisfies Record<string, TextKey>;
type Expiry = keyof typeof EXPIRIES | 'custom';
const MOST_HOURS = 168;

type Kind = 'download' | 'upload' | 'page' | 'zip';

/** Makes a link to an object, to fetch it or to send it, or to all below a prefix. */
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
  const isFolder = objectKey.endsWith('/');
  const ownName = itemName(objectKey);
  const [expiry, setExpiry] = useState<Expiry>('86400');
  const [hours, setHours] = useState('48');
  const [kind, setKind] = useState<Kind>(isFolder ? 'page' : upload ? 'upload' : 'download');
  const [name, setName] = useState(ownName);
  const [made, setMade] = useState<ShareInfo>();
  const [progress, setProgress] = useState<ShareProgress>();
  const isHoursValid = /^\d+$/.test(hours) && Number(hours) >= 1 && Number(hours) <= MOST_HOURS;
  const given = name.trim();
  const create = useStoppable(async (signal) => {
    const expiresInSeconds = expiry === 'custom' ? Number(hours) * 3600 : Number(expiry);
    const target = { kind: 'object', account: place.account, bucket: place.bucket, key: objectKey } as const;
    const downloadName = given === '' || given === ownName ? {} : { downloadName: nameFor(kind, given) };
    const folderAs = kind === 'zip' ? 'zip' : 'page';
    const input = { target, expiresInSeconds, upload: kind === 'upload', folderAs, ...downloadName } as const;
    try {
      setMade(await makeShare(engine(), input, signal, setProgress));
      bucketChanged();
    } finally {
      setProgress(undefined);
    }
  });
  const title = t('share.title', { name: ownName });
  if (made !== undefined) return <ShareMade title={title} share={made} />;
  return (
    <Dialog
      title={title}
      onClose={closeDialog}
      isBusy={create.isBusy}
      onSubmit={() => void create.run()}
      footer={
        <>
          <CloseOrStop work={create} />
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
      <Choices<Kind>
        label={t('share.kind')}
        value={kind}
        onChange={setKind}
        options={kindsFor(isFolder).map((value) => ({
          value,
          title: t(`share.${value}`),
          help: t(`share.${value}.help`),
        }))}
      />
      {kind === 'download' || kind === 'zip' ? (
        <TextField label={t('share.name')} value={name} onChange={setName} help={t('share.name.help')} />
      ) : null}
      {create.isBusy ? <Progress step={progress} /> : null}
    </Dialog>
  );
}

function kindsFor(isFolder: boolean): readonly Kind[] {
  return isFolder ? ['page', 'zip'] : ['download', 'upload'];
}

/** A zip keeps its ending, whatever a person calls it. */
function nameFor(kind: Kind, name: string): string {
  return kind === 'zip' && !name.toLowerCase().endsWith('.zip') ? `${name}.zip` : name;
}

/** What is done before the link is there. */
function Progress({ step }: { readonly step: ShareProgress | undefined }) {
  const t = useText();
  const { size, number } = useFormats();
  const text = () => {
    if (step === undefined) return t('share.making');
    const sizes = { done: size(step.doneBytes), size: size(step.sizeBytes) };
    if (step.kind === 'packing') return t('share.packing', { count: step.files, files: number(step.files), ...sizes });
    return step.isMoving ? t('share.uploading', sizes) : t('share.waiting');
  };
  const share = step === undefined || step.sizeBytes === 0 ? 0 : step.doneBytes / step.sizeBytes;
  return (
    <div className="share-progress" role="status">
      <p>{text()}</p>
      {step === undefined || step.sizeBytes === 0 ? null : <Meter share={share} label={t('share.progress')} />}
    </div>
  );
}
