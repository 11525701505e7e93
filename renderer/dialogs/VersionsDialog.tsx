import { CircleCheck, Download, History, Trash2 } from 'lucide-react';
import type { VersionInfo } from '../../src/api/index.ts';
import { bridge, engine } from '../engine/engine.ts';
import { useAction } from '../engine/use-action.ts';
import { useItems } from '../engine/use-answer.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { useNow } from '../i18n/use-now.ts';
import { attempt } from '../store/attempt.ts';
import { bucketChanged, closeDialog, notify } from '../store/store.ts';
import type { Place } from '../store/types.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Loading } from '../ui/Empty.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { fileName } from '../views/files/names.ts';

/** Of an object with more versions, the newest are shown. */
const MOST_VERSIONS = 500;

/** What an object was, the newest first, and the ways back to it. */
export function VersionsDialog({ place, objectKey }: { readonly place: Place; readonly objectKey: string }) {
  const t = useText();
  const { number } = useFormats();
  const { account, bucket } = place;
  const name = fileName(objectKey);
  const { items, isComplete, hasMore, error } = useItems(
    JSON.stringify([account, bucket, objectKey]),
    MOST_VERSIONS,
    (signal) => versionsOf({ account, bucket, key: objectKey }, signal),
  );
  const restore = useAction(async ({ versionId }: VersionInfo) => {
    const { restored } = await engine().call('version.restore', { account, bucket, key: objectKey, versionId });
    bucketChanged();
    notify('done', t(restored ? 'versions.restored' : 'versions.same', { name }));
    closeDialog();
  });
  return (
    <Dialog title={t('versions.title', { name })} size="wide" isBusy={restore.isBusy} onClose={closeDialog}>
      <ErrorNote error={error ?? restore.error} />
      <p className="muted">{t('versions.text')}</p>
      {items.length === 0 ? null : (
        <ul className="entries" aria-label={t('versions.list')}>
          {items.map((version) => (
            <Version
              key={version.versionId}
              version={version}
              onRestore={() => {
                // Not disabled while it works: the keyboard would lose its place.
                if (!restore.isBusy) void restore.run(version);
              }}
              onDownload={() =>
                attempt(t('files.download-begun', { name }), () =>
                  bridge().download({ account, bucket, key: objectKey, versionId: version.versionId }),
                )
              }
            />
          ))}
        </ul>
      )}
      {hasMore ? <p className="muted">{t('versions.more', { versions: number(MOST_VERSIONS) })}</p> : null}
      {isComplete || error !== undefined ? null : <Loading text={t('versions.loading')} />}
    </Dialog>
  );
}

interface VersionProps {
  readonly version: VersionInfo;
  readonly onRestore: () => void;
  readonly onDownload: () => void;
}

function Version({ version, onRestore, onDownload }: VersionProps) {
  const t = useText();
  const { size, time, ago } = useFormats();
  const nowMs = useNow(10_000);
  const { kind, isLatest, lastModifiedMs, sizeBytes } = version;
  const when = time(lastModifiedMs);
  const isMarker = kind === 'delete-marker';
  const Icon = isMarker ? Trash2 : isLatest ? CircleCheck : History;
  return (
    <li data-tone={isMarker ? 'quiet' : undefined}>
      <Icon className="icon" aria-hidden />
      <div className="spread">
        <p className="numeric">
          {when}
          {isLatest ? <strong className="tag">{t(isMarker ? 'versions.gone' : 'versions.current')}</strong> : null}
        </p>
        <p className="muted numeric">
          {isMarker ? t('versions.marker') : size(sizeBytes)} · {ago(lastModifiedMs, nowMs)}
        </p>
      </div>
      {isMarker ? null : (
        <>
          <IconButton icon={Download} label={t('versions.download', { time: when })} onPress={onDownload} />
          {isLatest ? null : (
            <Button aria-label={t('versions.restore-of', { time: when })} onPress={onRestore}>
              {t('versions.restore')}
            </Button>
          )}
        </>
      )}
    </li>
  );
}

/** The versions of a key alone, without what is below it as of a folder. */
async function* versionsOf(
  object: { readonly account: string; readonly bucket: string; readonly key: string },
  signal: AbortSignal,
): AsyncGenerator<VersionInfo, void, undefined> {
  for await (const version of engine().stream('version.list', object, signal)) {
    if (version.key !== object.key) return;
    yield version;
  }
}
