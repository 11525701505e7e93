import './shell.css';
import { PlugZap, RefreshCw } from 'lucide-react';
import { useEffect } from 'react';
import { I18nProvider } from 'react-aria-components';
import { Dialogs } from '../dialogs/Dialogs.tsx';
import { FirstRun } from '../first-run/FirstRun.tsx';
import { useLanguage, useText } from '../i18n/index.ts';
import { useApp } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';
import { Empty, Loading } from '../ui/Empty.tsx';
import { Notices } from '../ui/Notices.tsx';
import { Sidebar } from './Sidebar.tsx';
import { StatusLine } from './StatusLine.tsx';
import { TrialBar } from './TrialBar.tsx';
import { useShortcuts } from './use-shortcuts.ts';
import { Views } from './Views.tsx';

/** The window: what it shows depends on the engine being there and on something being set up. */
export function App() {
  const language = useLanguage();
  const theme = useApp((state) => state.settings.theme);
  useEffect(() => {
    document.documentElement.lang = language;
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }, [language, theme]);
  return (
    <I18nProvider locale={language}>
      <div className="frame">
        <TrialBar />
        <Content />
      </div>
      <Notices />
    </I18nProvider>
  );
}

function Content() {
  const t = useText();
  const link = useApp((state) => state.link);
  const isKnown = useApp((state) => state.accounts !== undefined && state.status !== undefined);
  const isNew = useApp((state) => state.isFirstRun);
  if (link === 'refused' || link === 'other-version' || link === 'too-many-windows') {
    return (
      <main className="cover">
        <Empty icon={PlugZap} title={t(`link.${link}`)} text={t(`link.${link}.text`)}>
          <Button icon={RefreshCw} onPress={() => location.reload()}>
            {t('common.reload')}
          </Button>
        </Empty>
      </main>
    );
  }
  if (!isKnown) {
    return (
      <main className="cover">
        <Loading text={t(link === 'lost' ? 'link.lost' : 'link.connecting')} />
      </main>
    );
  }
  return isNew ? <FirstRun /> : <Window />;
}

function Window() {
  useShortcuts();
  return (
    <div className="window">
      <Sidebar />
      <Views />
      <StatusLine />
      <Dialogs />
    </div>
  );
}
