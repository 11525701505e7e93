import { Download } from 'lucide-react';
import { bridge, engine } from '../engine/engine.ts';
import { useAnswer } from '../engine/use-answer.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { attempt } from '../store/attempt.ts';
import { closeDialog, openDialog } from '../store/store.ts';
import type { Place } from '../store/types.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Loading } from '../ui/Empty.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { fileName } from '../views/files/names.ts';

/** The time of the file that was uploaded, in seconds: ours write it, and rclone. */
const MTIME = 'mtime';

/** What the server knows of an object. */
export function PropertiesDialog({ place, objectKey }: { readonly place: Place; readonly objectKey: string }) {
  const t = useText();
  const { number, size, time } = useFormats();
  const { account, bucket } = place;
  const object = { account, bucket, key: objectKey };
  const { data, error } = useAnswer(JSON.stringify(object), (signal) =>
    engine().call('object.properties', object, signal),
  );
  const facts = data && [
    [t('properties.key'), data.key],
    [t('properties.bucket'), `${account} · ${bucket}`],
    [t('properties.size'), `${size(data.sizeBytes)} (${t('properties.bytes', { bytes: number(data.sizeBytes) })})`],
    [t('properties.modified'), time(data.lastModifiedMs)],
    [t('properties.type'), data.contentType],
    ['ETag', data.etag],
    [t('properties.version'), data.versionId],
    [t('properties.encrypted'), t(data.encrypted ? 'common.yes' : 'common.no')],
    ...Object.entries(data.metadata).map(([name, value]) => {
      const ownTimeMs = name === MTIME ? Number(value) * 1_000 : Number.NaN;
      return Number.isNaN(ownTimeMs) ? [`x-amz-meta-${name}`, value] : [t('properties.own-time'), time(ownTimeMs)];
    }),
  ];
  return (
    <Dialog
      title={fileName(objectKey)}
      size="wide"
      onClose={closeDialog}
      footer={
        <>
          <Button size="large" onPress={() => openDialog({ kind: 'share', place, objectKey, upload: false })}>
            {t('files.share')}
          </Button>
          <Button
            size="large"
            variant="primary"
            icon={Download}
            onPress={() =>
              attempt(t('files.download-begun', { name: fileName(objectKey) }), () => bridge().download(object))
            }
          >
            {t('files.download')}
          </Button>
        </>
      }
    >
      <ErrorNote error={error} />
      {facts === undefined ? (
        error === undefined ? (
          <Loading text={t('common.loading')} />
        ) : null
      ) : (
        <dl className="facts numeric">
          {facts
            .filter(([, value]) => value !== '')
            .map(([name, value]) => (
              <div key={name} style={{ display: 'contents' }}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
        </dl>
      )}
    </Dialog>
  );
}
