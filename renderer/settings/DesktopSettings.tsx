import { useEffect, useState } from 'react';
import { desktopShell } from '../engine/desktop-bridge.ts';
import { useText } from '../i18n/index.ts';
import { attempt } from '../store/attempt.ts';
import { useApp } from '../store/store.ts';
import { Checkbox } from '../ui/Choice.tsx';
import { changeSettings, Setting } from './Settings.tsx';

/** What the desktop app does beside the window. A browser has none of it. */
export function DesktopSettings() {
  const t = useText();
  const notifications = useApp((state) => state.settings.notifications);
  const shell = desktopShell();
  // Undefined where the app can not be started at login, and until that is known.
  const [startsAtLogin, setStartsAtLogin] = useState<boolean>();
  useEffect(() => {
    void shell?.startsAtLogin().then(setStartsAtLogin);
  }, [shell]);
  if (shell === undefined) return null;
  return (
    <>
      <Setting title={t('settings.notifications')} help={t('settings.notifications.help')}>
        <Checkbox isSelected={notifications} onChange={(on) => changeSettings({ notifications: on })}>
          {t('settings.notifications.show')}
        </Checkbox>
      </Setting>
      {startsAtLogin === undefined ? null : (
        <Setting title={t('settings.login')} help={t('settings.login.help')}>
          <Checkbox
            isSelected={startsAtLogin}
            onChange={(on) => attempt('', async () => setStartsAtLogin(await shell.setStartsAtLogin(on)))}
          >
            {t('settings.login.start')}
          </Checkbox>
        </Setting>
      )}
    </>
  );
}
