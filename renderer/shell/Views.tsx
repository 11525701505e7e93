import { useEffect, useId, useMemo, useRef } from 'react';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { Settings } from '../settings/Settings.tsx';
import { openView, useApp } from '../store/store.ts';
import { problemsOf, waitingOf } from '../store/totals.ts';
import { isUnderWay } from '../store/upload-queue.ts';
import { VIEWS, type View } from '../store/types.ts';
import { ActivityView } from '../views/activity/ActivityView.tsx';
import { FilesView } from '../views/files/FilesView.tsx';
import { ProblemsView } from '../views/problems/ProblemsView.tsx';
import { SharesView } from '../views/shares/SharesView.tsx';
import { TransfersView } from '../views/transfers/TransfersView.tsx';

const CONTENT: Readonly<Record<View, () => React.ReactNode>> = {
  files: FilesView,
  transfers: TransfersView,
  activity: ActivityView,
  problems: ProblemsView,
  shares: SharesView,
  settings: Settings,
};

/**
 * The quiet switch above the content, with counts where something waits, and the view that is chosen. Made by hand: the
 * library's looks through a whole view for what can have the focus, whenever a row of it comes or goes.
 */
export function Views() {
  const t = useText();
  const id = useId();
  const view = useApp((state) => state.view);
  const tabs = useRef<HTMLDivElement>(null);
  // Where there is no room for all of them, the one that is chosen is to be seen.
  useEffect(() => {
    tabs.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [view]);
  const Content = CONTENT[view];
  return (
    <main className="main">
      <div
        ref={tabs}
        role="tablist"
        className="switch"
        aria-label={t('views.label')}
        onKeyDown={(event) => {
          const to = VIEWS[targetOf(event.key, VIEWS.indexOf(view))];
          if (to === undefined) return;
          event.preventDefault();
          openView(to);
          document.getElementById(`${id}-${to}`)?.focus();
        }}
      >
        {VIEWS.map((name) => (
          <button
            key={name}
            id={`${id}-${name}`}
            type="button"
            role="tab"
            className="tab"
            aria-selected={name === view}
            aria-controls={name === view ? `${id}-view` : undefined}
            tabIndex={name === view ? 0 : -1}
            onClick={() => openView(name)}
          >
            {t(`views.${name}`)}
            <Count view={name} />
          </button>
        ))}
      </div>
      <div
        key={view}
        role="tabpanel"
        id={`${id}-view`}
        aria-labelledby={`${id}-${view}`}
        className="view"
        // It may be text and nothing else, and longer than the window.
        tabIndex={view === 'problems' ? 0 : undefined}
      >
        <Content />
      </div>
    </main>
  );
}

/** Where a key of the keyboard leads from a tab, around the ends; -1 when it leads nowhere. */
function targetOf(key: string, from: number): number {
  switch (key) {
    case 'ArrowRight':
      return (from + 1) % VIEWS.length;
    case 'ArrowLeft':
      return (from + VIEWS.length - 1) % VIEWS.length;
    case 'Home':
      return 0;
    case 'End':
      return VIEWS.length - 1;
    default:
      return -1;
  }
}

function Count({ view }: { readonly view: View }) {
  const { number } = useFormats();
  const status = useApp((state) => state.status);
  const uploads = useApp((state) => state.uploads);
  const downloads = useApp((state) => state.downloads);
  const count = useMemo(() => {
    if (view === 'transfers') {
      return waitingOf(status) + [...uploads, ...downloads].filter(isUnderWay).length;
    }
    return view === 'problems' ? problemsOf(status) : 0;
  }, [view, status, uploads, downloads]);
  if (count === 0) return null;
  return (
    <span className="count" data-tone={view === 'problems' ? 'warn' : undefined}>
      {number(count)}
    </span>
  );
}
