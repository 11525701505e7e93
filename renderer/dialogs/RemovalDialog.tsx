import { useState, type ReactNode } from 'react';
import { useStoppable } from '../engine/use-stoppable.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { closeDialog } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Loading } from '../ui/Empty.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { CloseOrStop } from './CloseOrStop.tsx';

export interface RemovalDialogProps {
  readonly title: string;
  /** What the button says that does it. */
  readonly button: string;
  /** Of the button that leaves everything as it is. */
  readonly keep?: string;
  /** Whether all is said that has to be said before. */
  readonly isReady?: boolean;
  /**
   * Work of many steps ends with the signal, and tells `onRemoved` how far it is.
   *
   * @returns 'ask' when there is something to be asked first: the dialog stays open.
   */
  readonly work: (signal: AbortSignal, onRemoved: (count: number) => void) => Promise<'ask' | undefined>;
  readonly children: ReactNode;
}

/** Asks before something goes, and shows how far it is. */
export function RemovalDialog({ title, button, keep, isReady = true, work, children }: RemovalDialogProps) {
  const t = useText();
  const { number } = useFormats();
  const [removed, setRemoved] = useState<number>();
  const remove = useStoppable(async (signal) => {
    setRemoved(undefined);
    if ((await work(signal, setRemoved)) !== 'ask') closeDialog();
  });
  const canRemove = isReady && !remove.isBusy;
  return (
    <Dialog
      title={title}
      isAlert
      isBusy={remove.isBusy}
      onClose={closeDialog}
      onSubmit={() => {
        if (canRemove) void remove.run();
      }}
      footer={
        <>
          {/* What is done in one step is not stopped in the middle of it. */}
          <CloseOrStop work={remove} close={keep} isDisabled={remove.isBusy && removed === undefined} autoFocus />
          <Button size="large" variant="danger" type="submit" isDisabled={!canRemove}>
            {button}
          </Button>
        </>
      }
    >
      <ErrorNote error={remove.error} />
      {children}
      {remove.isBusy && removed !== undefined ? (
        <Loading text={t('delete.running', { files: number(removed) })} />
      ) : null}
    </Dialog>
  );
}
