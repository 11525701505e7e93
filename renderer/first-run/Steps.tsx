import { Check } from 'lucide-react';
import { useText } from '../i18n/index.ts';

export const STEPS = ['server', 'folder', 'bucket', 'mode', 'plan'] as const;
export type Step = (typeof STEPS)[number];

/** Where one is on the way, in words. */
export function Steps({ current }: { readonly current: Step }) {
  const t = useText();
  const at = STEPS.indexOf(current);
  return (
    <ol className="steps" role="list" aria-label={t('setup.steps')}>
      {STEPS.map((step, index) => (
        <li key={step} aria-current={step === current ? 'step' : undefined}>
          {index < at ? <Check className="icon" aria-hidden /> : null}
          {t(`setup.step.${step}`)}
        </li>
      ))}
    </ol>
  );
}
