import { useEffect, useMemo, useRef } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { Settings } from '../settings/Settings.tsx';
import { openView, useApp } from '../store/store.ts';
import { problemsOf, waitingOf } from '../store/totals.ts';
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

/** The quiet switch above the content, with counts where something waits, and the view that is chosen. */
export function Views() {
  const t = useText();
  const view = useApp((state) => state.view);
  const tabs = useRef<HTMLDivElement>(null);
  // Where there is no room for all of them, the one that is chosen is to be seen.
  useEffect(() => {
    tabs.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [view]);
  return (
    <main className="main">
      <Tabs className="tabs" selectedKey={view} onSelectionChange={(key) => openView(key as View)}>
        <TabList ref={tabs} className="switch" aria-label={t('views.label')}>
          {VIEWS.map((name) => (
            <Tab key={name} id={name} className="tab">
              {t(`views.${name}`)}
              <Count view={name} />
            </Tab>
          ))}
        </TabList>
        {VIEWS.map((name) => (
          <Panel key={name} view={name} />
        ))}
      </Tabs>
    </main>
  );
}

function Panel({ view }: { readonly view: View }) {
  const Content = CONTENT[view];
  return (
    <TabPanel id={view} className="view">
      <Content />
    </TabPanel>
  );
}

function Count({ view }: { readonly view: View }) {
  const { number } = useFormats();
  const status = useApp((state) => state.status);
  const uploads = useApp((state) => state.uploads);
  const count = useMemo(() => {
    if (view === 'transfers') {
      return waitingOf(status) + uploads.filter(({ state }) => state === 'waiting' || state === 'running').length;
    }
    return view === 'problems' ? problemsOf(status) : 0;
  }, [view, status, uploads]);
  if (count === 0) return null;
  return (
    <span className="count" data-tone={view === 'problems' ? 'warn' : undefined}>
      {number(count)}
    </span>
  );
}
