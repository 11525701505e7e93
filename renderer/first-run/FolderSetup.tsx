import { useEffect, useRef, useState, type ReactNode } from 'react';
import { isBucketName, type FolderInfo } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { hasErrorCode } from '../engine/error-code.ts';
import { useAction } from '../engine/use-action.ts';
import { useText } from '../i18n/index.ts';
import { bucketChanged, goTo } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';
import { Loading } from '../ui/Empty.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { PlanPreview } from '../dialogs/PlanPreview.tsx';
import { BucketStep } from './BucketStep.tsx';
import { FolderPicker } from './FolderPicker.tsx';
import { ModeStep, type SyncMode } from './ModeStep.tsx';
import { Steps, STEPS, type Step } from './Steps.tsx';

/** What is chosen on the way. */
export interface Choice {
  readonly localRoot: string;
  readonly bucket: string;
  readonly isNewBucket: boolean;
  readonly prefix: string;
  readonly mode: SyncMode;
  readonly mirrorDeletes: boolean;
}

/** A folder, a bucket, a mode, a look at the plan: then it starts. */
export function FolderSetup({
  account,
  localRoot = '',
  bucket = '',
  hint,
  showSteps = false,
  onDone,
  cancel,
}: {
  readonly account: string;
  /** What is chosen at first. */
  readonly localRoot?: string;
  readonly bucket?: string;
  /** Said where the folder is chosen. */
  readonly hint?: string;
  readonly showSteps?: boolean;
  readonly onDone: () => void;
  readonly cancel: ReactNode;
}) {
  const t = useText();
  const [step, setStep] = useState<Step>('folder');
  const [choice, setChoice] = useState<Choice>({
    localRoot,
    bucket,
    isNewBucket: false,
    prefix: '',
    mode: 'upload',
    mirrorDeletes: false,
  });
  const change = (changed: Partial<Choice>) => setChoice((old) => ({ ...old, ...changed }));
  const draft = useDraft();
  /** The bucket that was made here. */
  const made = useRef<string>(undefined);
  const go = (by: 1 | -1) => setStep(STEPS[STEPS.indexOf(step) + by] ?? step);
  const next = useAction(async () => {
    if (step === 'folder') {
      // Typed, it may be none.
      const { path } = await engine().call('disk.list', { path: choice.localRoot });
      change({ localRoot: path });
    }
    if (step === 'mode') {
      if (choice.isNewBucket && choice.bucket !== made.current) {
        await engine().call('bucket.create', { account, bucket: choice.bucket });
        made.current = choice.bucket;
        bucketChanged();
      }
      // Who comes back finds it among the others.
      change({ isNewBucket: false });
      await draft.add(account, choice);
    }
    if (step === 'plan') {
      if (!(await draft.start())) return;
      goTo({ account, bucket: choice.bucket, prefix: draft.folder?.prefix ?? '' });
      onDone();
      return;
    }
    go(1);
  });
  const back = useAction(async () => {
    await draft.drop();
    go(-1);
  });
  const isBusy = next.isBusy || back.isBusy;
  const canGoOn = !isBusy && isChosen(step, choice);
  return (
    <div className="wizard-step">
      <h1>{t(`setup.${step}.title`)}</h1>
      {showSteps ? <Steps current={step} /> : null}
      {step === 'folder' && hint !== undefined ? <p className="lead">{hint}</p> : null}
      {step === 'folder' ? (
        <FolderPicker path={choice.localRoot} onPath={(localRoot) => change({ localRoot })} />
      ) : null}
      {step === 'bucket' ? <BucketStep account={account} choice={choice} onChange={change} /> : null}
      {step === 'mode' ? <ModeStep choice={choice} onChange={change} /> : null}
      {step === 'plan' && draft.folder !== undefined ? <PlanPreview folderId={draft.folder.id} /> : null}
      <ErrorNote error={next.error ?? back.error} />
      <div className="wizard-foot">
        {step === 'folder' ? null : (
          <Button
            size="large"
            isDisabled={isBusy}
            onPress={() => {
              next.clear();
              void back.run();
            }}
          >
            {t('common.back')}
          </Button>
        )}
        {next.isBusy && step === 'mode' ? <Loading text={t('setup.checking')} /> : null}
        <span className="spread" />
        {cancel}
        <Button size="large" variant="primary" isDisabled={!canGoOn} onPress={() => void next.run()}>
          {t(step === 'plan' ? 'setup.start' : 'common.next')}
        </Button>
      </div>
    </div>
  );
}

/** Whether what a step asks for is there. */
function isChosen(step: Step, { localRoot, bucket, isNewBucket }: Choice): boolean {
  if (step === 'folder') return localRoot !== '';
  return step !== 'bucket' || (isNewBucket ? isBucketName(bucket) : bucket !== '');
}

/**
 * The folder while its plan is looked at: kept by the engine, paused. It goes again when the person goes back or closes
 * the dialog.
 */
function useDraft() {
  const [folder, setFolder] = useState<FolderInfo>();
  const unfinished = useRef<string>(undefined);
  const isOpen = useRef(false);
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
      if (unfinished.current !== undefined) leaveBehind(unfinished.current);
    };
  }, []);
  return {
    folder,
    async add(account: string, { localRoot, bucket, prefix, mode, mirrorDeletes }: Choice): Promise<void> {
      const added = await engine().call('folder.add', {
        account,
        localRoot,
        bucket,
        prefix,
        mode,
        mirrorDeletes,
        paused: true,
      });
      if (!isOpen.current) {
        leaveBehind(added.id);
        return;
      }
      unfinished.current = added.id;
      setFolder(added);
    },
    async drop(): Promise<void> {
      const id = unfinished.current;
      if (id !== undefined) {
        await engine()
          .call('folder.remove', { id })
          .catch((error: unknown) => {
            // Somebody else may have removed it.
            if (!hasErrorCode(error, 'unknown-folder')) throw error;
          });
      }
      unfinished.current = undefined;
      setFolder(undefined);
    },
    /** @returns whether it syncs now: not where the person left meanwhile. */
    async start(): Promise<boolean> {
      const id = unfinished.current;
      if (id === undefined) return false;
      await engine().call('folder.resume', { id });
      await engine().call('sync.start', { ids: [] });
      unfinished.current = undefined;
      return isOpen.current;
    },
  };
}

/** The window is gone; what goes wrong now shows as a paused folder in the list. */
function leaveBehind(id: string): void {
  engine()
    .call('folder.remove', { id })
    .catch(() => undefined);
}
