import { engine } from '../engine/engine.ts';
import { useAction } from '../engine/use-action.ts';
import { useAnswer } from '../engine/use-answer.ts';
import { useText } from '../i18n/index.ts';
import { bucketChanged, closeDialog, notify, useApp } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Loading } from '../ui/Empty.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';

/** What a bucket is, and whether it keeps versions. */
export function BucketDialog({ account, bucket }: { readonly account: string; readonly bucket: string }) {
  const t = useText();
  const endpoint = useApp((state) => state.accounts?.find(({ name }) => name === account)?.endpoint) ?? '';
  const revision = useApp((state) => state.bucketRevision);
  const { data, error } = useAnswer(JSON.stringify([account, bucket, revision]), (signal) =>
    engine().call('bucket.versioning', { account, bucket }, signal),
  );
  const turn = useAction(async (on: boolean) => {
    await engine().call('bucket.setVersioning', { account, bucket, on });
    bucketChanged();
    notify('done', t(on ? 'bucket.versions-on' : 'bucket.versions-off', { name: bucket }));
  });
  const status = data?.status;
  return (
    <Dialog title={t('bucket.properties', { name: bucket })} isBusy={turn.isBusy} onClose={closeDialog}>
      <ErrorNote error={error ?? turn.error} />
      <dl className="facts">
        <dt>{t('bucket.account')}</dt>
        <dd>{account}</dd>
        <dt>{t('bucket.endpoint')}</dt>
        <dd>{endpoint}</dd>
      </dl>
      <section className="stack">
        <h3>{t('bucket.versioning')}</h3>
        {status === undefined ? (
          error === undefined ? (
            <Loading text={t('common.loading')} />
          ) : null
        ) : (
          <>
            <p role="status">{t(`bucket.versioning.${status}`)}</p>
            <p className="row">
              {/* Not disabled while it works: the keyboard would lose its place. */}
              <Button
                onPress={() => {
                  if (!turn.isBusy) void turn.run(status !== 'enabled');
                }}
              >
                {t(status === 'enabled' ? 'bucket.versioning.turn-off' : 'bucket.versioning.turn-on')}
              </Button>
            </p>
          </>
        )}
      </section>
    </Dialog>
  );
}
