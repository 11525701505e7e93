import { Upload } from 'lucide-react';
import { engine } from '../../engine/engine.ts';
import { useAnswer } from '../../engine/use-answer.ts';
import { useFormats } from '../../i18n/format.ts';
import { useText } from '../../i18n/index.ts';
import { useNow } from '../../i18n/use-now.ts';
import { openDialog, useApp } from '../../store/store.ts';
import type { Leftover } from '../../store/types.ts';
import { Button } from '../../ui/Button.tsx';

/** What is younger may still be under way, from whatever computer. */
const OLD_MS = 24 * 3_600_000;

/** Of more, the number is told. */
const MOST_SHOWN = 200;

/**
 * Uploads that were begun in the buckets of the synced folders and never finished: they take room and show in no listing.
 * One that a folder here will finish is none of them.
 */
export function useLeftovers(): readonly Leftover[] {
  const buckets = useApp(({ status }) =>
    JSON.stringify([
      ...new Map(
        status?.folders.map(({ folder: { account, bucket } }) => [`${account}/${bucket}`, { account, bucket }]),
      ).values(),
    ]),
  );
  const revision = useApp((state) => state.bucketRevision);
  const { data } = useAnswer(`${revision}/${buckets}`, async (signal) => {
    const places = JSON.parse(buckets) as { account: string; bucket: string }[];
    const found = await Promise.all(
      places.map(async (place) => {
        // A bucket that can not be asked has a problem of its own.
        const uploads = await engine()
          .call('upload.list', { ...place, olderThanMs: OLD_MS }, signal)
          .catch(() => []);
        return uploads.filter(({ folderId }) => folderId === undefined).map((upload) => ({ ...place, upload }));
      }),
    );
    return found.flat().sort((a, b) => a.upload.initiatedMs - b.upload.initiatedMs);
  });
  return data ?? [];
}

/** All of them in one card. */
export function Leftovers({ leftovers }: { readonly leftovers: readonly Leftover[] }) {
  const t = useText();
  const { number, size, ago, time } = useFormats();
  const nowMs = useNow(60_000);
  const more = leftovers.length - MOST_SHOWN;
  const bytes = leftovers.reduce((sum, { upload }) => sum + (upload.sizeBytes ?? 0), 0);
  const counted = { count: leftovers.length, files: number(leftovers.length), bytes: size(bytes) };
  return (
    <article className="problem" data-tone="quiet">
      <Upload className="icon" aria-hidden />
      <div>
        <h3>{t('leftovers.sum', counted)}</h3>
        <p className="muted">{t('leftovers.text')}</p>
        <ul className="paths" aria-label={t('leftovers.list')}>
          {leftovers.slice(0, MOST_SHOWN).map((leftover) => {
            const { bucket, upload } = leftover;
            return (
              <li key={upload.uploadId} className="leftover">
                <span className="ellipsis spread" title={upload.key}>
                  <span className="where">{bucket}/</span>
                  {upload.key}
                </span>
                <span className="muted numeric" title={time(upload.initiatedMs)}>
                  {upload.sizeBytes === undefined ? '' : `${size(upload.sizeBytes)} · `}
                  {ago(upload.initiatedMs, nowMs)}
                </span>
                <Button
                  aria-label={t('leftovers.remove-one', { name: upload.key })}
                  onPress={() => openDialog({ kind: 'remove-leftovers', leftovers: [leftover] })}
                >
                  {t('leftovers.remove')}
                </Button>
              </li>
            );
          })}
          {more > 0 ? <li className="muted">{t('problems.more', { count: more, files: number(more) })}</li> : null}
        </ul>
      </div>
      <div className="actions">
        {leftovers.length > 1 ? (
          <Button onPress={() => openDialog({ kind: 'remove-leftovers', leftovers })}>
            {t('leftovers.remove-all')}
          </Button>
        ) : null}
      </div>
    </article>
  );
}
