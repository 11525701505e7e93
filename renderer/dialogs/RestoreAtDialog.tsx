import { useState } from 'react';
import type { RestoreItem } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { useItems } from '../engine/use-answer.ts';
import { useStoppable } from '../engine/use-stoppable.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { bucketChanged, closeDialog, notify } from '../store/store.ts';
import type { Place } from '../store/types.ts';
import { Button } from '../ui/Button.tsx';
import { Checkbox, Segments } from '../ui/Choice.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Loading } from '../ui/Empty.tsx';
import { ErrorNote, WarningNote } from '../ui/ErrorNote.tsx';
import { TextField } from '../ui/Field.tsx';
import { CloseOrStop } from './CloseOrStop.tsx';
import { keepListed } from './keep-listed.ts';
import { RestoreList, RestoreSentence } from './RestorePreview.tsx';

const HOUR_MS = 3_600_000;
const BACK_MS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS } as const;
type Choice = keyof typeof BACK_MS | 'custom';

/** Everything below a prefix as it was at a moment: first what that would take, then, on the person's word, doing it. */
export function RestoreAtDialog({ place }: { readonly place: Place }) {
  const t = useText();
  const { number } = useFormats();
  const { account, bucket, prefix } = place;
  const name = prefix === '' ? bucket : prefix.slice(0, -1);
  const [openedMs] = useState(() => Date.now());
  const [choice, setChoice] = useState<Choice>('hour');
  const [typed, setTyped] = useState(() => localTime(openedMs - BACK_MS.hour));
  const [removeNewer, setRemoveNewer] = useState(false);
  const typedMs = new Date(typed).getTime();
  const isValid = choice !== 'custom' || (Number.isFinite(typedMs) && typedMs < openedMs);
  const atMs = choice === 'custom' ? typedMs : openedMs - BACK_MS[choice];
  const request = { account, bucket, key: prefix, atMs, removeNewer };
  const preview = useItems(
    isValid ? JSON.stringify(request) : undefined,
    Infinity,
    (signal) => engine().stream('version.restoreAt', request, signal),
    keepListed,
  );
  const total = preview.items.find((item) => item.kind === 'total');
  const todo = total === undefined ? 0 : total.restoreObjects + total.removeObjects;
  const [done, setDone] = useState<readonly RestoreItem[]>([]);
  const [doneCount, setDoneCount] = useState(0);
  const restore = useStoppable(async (signal) => {
    const seen = total === undefined ? {} : { seenUntilMs: total.seenUntilMs };
    const troubles: RestoreItem[] = [];
    let count = 0;
    setDone([]);
    try {
      const steps = engine().stream('version.restoreAt', { ...request, ...seen, apply: true }, signal);
      for await (const item of steps) {
        if (item.kind === 'restore' || item.kind === 'remove') setDoneCount(++count);
        if (item.kind === 'failed' || item.kind === 'changed') troubles.push(item);
      }
    } finally {
      bucketChanged();
    }
    if (troubles.length > 0) {
      setDone(troubles);
      preview.reload();
      return;
    }
    notify('done', t('restore.done', { count, files: number(count) }));
    closeDialog();
  });
  const canRestore = todo > 0 && isValid && !restore.isBusy;
  return (
    <Dialog
      title={t('restore.title', { name })}
      size="wide"
      isBusy={restore.isBusy}
      onClose={closeDialog}
      footer={
        <>
          <CloseOrStop work={restore} />
          <Button size="large" variant="primary" isDisabled={!canRestore} onPress={() => void restore.run()}>
            {todo === 0 ? t('versions.restore') : t('restore.apply', { count: todo, files: number(todo) })}
          </Button>
        </>
      }
    >
      <ErrorNote error={restore.error ?? preview.error} />
      {done.length === 0 ? null : (
        <WarningNote>
          <p>{t('restore.troubles', { count: done.length, files: number(done.length) })}</p>
          <RestoreList items={done} prefix={prefix} />
        </WarningNote>
      )}
      <Segments
        label={t('restore.when')}
        value={choice}
        onChange={setChoice}
        options={[
          { value: 'hour', title: t('restore.hour') },
          { value: 'day', title: t('restore.day') },
          { value: 'week', title: t('restore.week') },
          { value: 'custom', title: t('restore.custom') },
        ]}
      />
      {choice === 'custom' ? (
        <TextField
          type="datetime-local"
          label={t('restore.time')}
          value={typed}
          onChange={setTyped}
          wrong={isValid ? undefined : t('restore.time-wrong')}
        />
      ) : null}
      <Checkbox isSelected={removeNewer} onChange={setRemoveNewer}>
        {t('restore.remove-newer')}
      </Checkbox>
      {restore.isBusy ? (
        <Loading text={t('restore.running', { files: number(doneCount), total: number(todo) })} />
      ) : (
        isValid && (
          <>
            <p className="plan-sentence numeric" role="status">
              {total === undefined ? '' : <RestoreSentence total={total} atMs={atMs} />}
            </p>
            {preview.isComplete || preview.error !== undefined ? null : (
              <Loading text={t('restore.looking', { count: preview.count, files: number(preview.count) })} />
            )}
            <RestoreList items={preview.items} prefix={prefix} />
          </>
        )
      )}
      <p className="muted">{t('restore.text')}</p>
    </Dialog>
  );
}

/** A moment as the field for times has it: by this computer's clock, to the minute. */
function localTime(timeMs: number): string {
  const offsetMs = new Date(timeMs).getTimezoneOffset() * 60_000;
  return new Date(timeMs - offsetMs).toISOString().slice(0, 16);
}
