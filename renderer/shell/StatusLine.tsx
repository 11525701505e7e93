import { ArrowDown, ArrowUp, CircleCheck, CirclePause, TriangleAlert, Unplug } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import type { EngineStatus } from '../../src/api/index.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { speedOf } from '../store/server-events.ts';
import { openView, useApp } from '../store/store.ts';
import { timeLeftMs } from '../store/time-left.ts';
import { isWorking, problemsOf, setAsideOf, totalsOf } from '../store/totals.ts';
import type { View } from '../store/types.ts';
import { PauseButton } from './PauseButton.tsx';

/** Always there and always true; a click on a part opens the view behind it. */
export function StatusLine() {
  const t = useText();
  const { number, rate } = useFormats();
  const status = useApp((state) => state.status);
  const isLost = useApp((state) => state.link !== 'ready');
  const problems = problemsOf(status);
  const { up, down } = speedOf(status);
  return (
    <footer className="status-line" aria-label={t('status.label')}>
      {isLost ? (
        <span className="part" role="alert">
          <Unplug className="icon" aria-hidden /> {t('link.lost')}
        </span>
      ) : (
        <>
          {up > 0 ? (
            <Part view="transfers" tone="up">
              <ArrowUp className="icon" aria-hidden /> {rate(up)}
            </Part>
          ) : null}
          {down > 0 ? (
            <Part view="transfers" tone="down">
              <ArrowDown className="icon" aria-hidden /> {rate(down)}
            </Part>
          ) : null}
          <span className="grow">
            <Part view="transfers">
              <Sentence status={status} />
            </Part>
          </span>
        </>
      )}
      {problems === 0 ? null : (
        <Part view="problems" tone="warn">
          <TriangleAlert className="icon" aria-hidden />{' '}
          {t('status.problems', { count: problems, problems: number(problems) })}
        </Part>
      )}
      <PauseButton isQuiet />
    </footer>
  );
}

function Part({ view, tone, children }: { readonly view: View; readonly tone?: string; readonly children: ReactNode }) {
  return (
    <AriaButton className="part" data-tone={tone} onPress={() => openView(view)}>
      {children}
    </AriaButton>
  );
}

function Sentence({ status }: { readonly status: EngineStatus | undefined }) {
  const t = useText();
  const { number, size, duration } = useFormats();
  const samples = useApp((state) => state.samples);
  const leftMs = useMemo(() => timeLeftMs(samples), [samples]);
  if (status === undefined || status.folders.length === 0)
    return <span className="muted">{t('status.no-folder')}</span>;
  if (status.paused) {
    return (
      <>
        <CirclePause className="icon" aria-hidden /> {t('status.paused')}
      </>
    );
  }
  const { files, doneFiles, bytes, doneBytes } = totalsOf(status);
  if (files > doneFiles) {
    const values = {
      count: files,
      done: number(doneFiles),
      total: number(files),
      doneBytes: size(doneBytes),
      bytes: size(bytes),
    };
    return (
      <span className="ellipsis">
        {t('status.progress', values)}
        {leftMs === undefined ? '' : `, ${t('status.left', { time: duration(leftMs) })}`}
      </span>
    );
  }
  if (status.folders.every(({ state }) => state === 'paused')) return <span>{t('status.folders-paused')}</span>;
  if (status.folders.some(isWorking)) return <span>{t('status.comparing')}</span>;
  if (status.folders.some(({ state }) => state === 'offline')) return <span>{t('status.offline')}</span>;
  if (status.folders.some(({ state }) => state === 'stopped')) return <span>{t('status.stopped')}</span>;
  if (problemsOf(status) > 0) return <span>{t('status.rest-in-sync')}</span>;
  const count = status.folders.reduce((sum, { filesInSync }) => sum + filesInSync, 0);
  const aside = status.folders.reduce((sum, { setAside }) => sum + setAsideOf(setAside), 0);
  return (
    <span className="state" data-tone="good">
      <CircleCheck className="icon" aria-hidden />{' '}
      {aside === 0
        ? t('status.in-sync', { count, files: number(count) })
        : t('folder.set-aside', { aside: number(aside), files: number(count) })}
    </span>
  );
}
