import { FlaskConical } from 'lucide-react';
import { engine } from '../engine/engine.ts';
import { useAction } from '../engine/use-action.ts';
import { useErrorText } from '../i18n/error-text.ts';
import { useText } from '../i18n/index.ts';
import { refreshConfiguration } from '../store/server-events.ts';
import { leaveTrial, notify, useApp } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';

/** While a trial runs: that nothing of it is kept, and the way out of it. */
export function TrialBar() {
  const t = useText();
  const textOf = useErrorText();
  const trial = useApp((state) => state.status?.trial);
  const end = useAction(async () => {
    const { keptSampleRoot: path } = await engine().call('trial.end', {});
    await refreshConfiguration();
    leaveTrial();
    notify('done', t('trial.ended'), path === undefined ? '' : t('trial.kept', { path }));
  });
  if (trial === undefined) return null;
  return (
    <aside className="trial-bar" aria-label={t('trial.label')}>
      <FlaskConical className="icon" aria-hidden />
      <p>
        <strong>{t('trial.label')}</strong> {end.error === undefined ? t('trial.text') : textOf(end.error).message}
      </p>
      <Button isDisabled={end.isBusy} onPress={() => void end.run()}>
        {t('trial.end')}
      </Button>
    </aside>
  );
}
