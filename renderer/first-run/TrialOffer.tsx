import { FlaskConical } from 'lucide-react';
import { engine } from '../engine/engine.ts';
import { useAction } from '../engine/use-action.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Loading } from '../ui/Empty.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';

/** For whoever has no server at hand: the same way with one that is thrown away. */
export function TrialOffer() {
  const t = useText();
  const language = useLanguage();
  const start = useAction(() => engine().call('trial.start', { language }));
  return (
    <section className="trial-offer" aria-label={t('trial.offer.title')}>
      <div>
        <h2>{t('trial.offer.title')}</h2>
        <p>{t('trial.offer.text')}</p>
      </div>
      {start.isBusy ? (
        <Loading text={t('trial.starting')} />
      ) : (
        <Button size="large" icon={FlaskConical} onPress={() => void start.run()}>
          {t('trial.offer')}
        </Button>
      )}
      <ErrorNote error={start.error} />
    </section>
  );
}
