import { useState } from 'react';
import type { ShareRecord } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { bucketChanged, notify } from '../store/store.ts';
import { RemovalDialog } from './RemovalDialog.tsx';

/** Asks before links to pages and zip files of folders end. */
export function EndSharesDialog({ shares }: { readonly shares: readonly ShareRecord[] }) {
  const t = useText();
  const { number } = useFormats();
  const [left] = useState(() => new Set(shares));
  return (
    <RemovalDialog
      title={
        shares.length === 1
          ? t('shares.end-one', { name: shares[0]?.fileName ?? '' })
          : t('shares.end', { count: shares.length, files: number(shares.length) })
      }
      button={t('shares.forget')}
      work={async () => {
        await forgetShares(left);
        notify('done', t('shares.forgotten'));
      }}
    >
      <p>{t('shares.end.text')}</p>
    </RemovalDialog>
  );
}

/**
 * Takes links off the list. What fails with one of them is told once the others are done.
 *
 * @param left in the end those that are still on the list: there is nothing to be forgotten of the others the next time.
 */
export async function forgetShares(left: Set<ShareRecord>): Promise<void> {
  const ends = await Promise.allSettled(
    [...left].map(async (share) => {
      await engine().call('share.forget', { id: share.id });
      left.delete(share);
    }),
  );
  bucketChanged();
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
