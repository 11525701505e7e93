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
  return (
    <RemovalDialog
      title={
        shares.length === 1
          ? t('shares.end-one', { name: shares[0]?.fileName ?? '' })
          : t('shares.end', { count: shares.length, files: number(shares.length) })
      }
      button={t('shares.forget')}
      work={async () => {
        await forgetShares(shares);
        notify('done', t('shares.forgotten'));
      }}
    >
      <p>{t('shares.end.text')}</p>
    </RemovalDialog>
  );
}

/** Takes links off the list. What fails with one of them is told once the others are done. */
export async function forgetShares(shares: readonly ShareRecord[]): Promise<void> {
  const ends = await Promise.allSettled(shares.map(({ id }) => engine().call('share.forget', { id })));
  bucketChanged();
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
