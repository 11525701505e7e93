import type { Stoppable } from '../engine/use-stoppable.ts';
import { useText } from '../i18n/index.ts';
import { closeDialog } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';

/** The way out of a dialog: closes it, or stops the work that is under way. */
export function CloseOrStop({
  work,
  close,
  isDisabled = false,
  autoFocus = false,
}: {
  readonly work: Pick<Stoppable, 'isBusy' | 'stop'>;
  /** What it says while there is nothing to stop. */
  readonly close?: string | undefined;
  readonly isDisabled?: boolean;
  readonly autoFocus?: boolean;
}) {
  const t = useText();
  return (
    <Button size="large" autoFocus={autoFocus} isDisabled={isDisabled} onPress={work.isBusy ? work.stop : closeDialog}>
      {work.isBusy ? t('common.stop') : (close ?? t('common.cancel'))}
    </Button>
  );
}
