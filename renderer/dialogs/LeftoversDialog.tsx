import { engine } from '../engine/engine.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { bucketChanged, notify } from '../store/store.ts';
import type { Leftover } from '../store/types.ts';
import { RemovalDialog } from './RemovalDialog.tsx';

/** Asks before unfinished uploads are given up. */
export function LeftoversDialog({ leftovers }: { readonly leftovers: readonly Leftover[] }) {
  const t = useText();
  const { number } = useFormats();
  const counted = { count: leftovers.length, files: number(leftovers.length) };
  return (
    <RemovalDialog
      title={t('leftovers.title', counted)}
      button={t('leftovers.remove')}
      work={async (signal, onRemoved) => {
        onRemoved(0);
        try {
          for (const [index, { account, bucket, upload }] of leftovers.entries()) {
            const { key, uploadId } = upload;
            await engine().call('upload.abort', { account, bucket, key, uploadId }, signal);
            onRemoved(index + 1);
          }
        } finally {
          bucketChanged();
        }
        notify('done', t('leftovers.done', counted));
      }}
    >
      <p>{t('leftovers.ask')}</p>
    </RemovalDialog>
  );
}
