import './settings.css';
import type { ReactNode } from 'react';
import type { SettingsInfo } from '../../src/api/index.ts';
import { desktopShell } from '../engine/desktop-bridge.ts';
import { engine } from '../engine/engine.ts';
import { useText } from '../i18n/index.ts';
import { attempt } from '../store/attempt.ts';
import { refreshConfiguration } from '../store/server-events.ts';
import { useApp } from '../store/store.ts';
import { Segments } from '../ui/Choice.tsx';
import { AccountSettings } from './AccountSettings.tsx';
import { BandwidthSetting } from './BandwidthSetting.tsx';
import { DesktopSettings } from './DesktopSettings.tsx';
import { Diagnostics } from './Diagnostics.tsx';
import { FolderSettings } from './FolderSettings.tsx';
import { LimitHoursSetting } from './LimitHoursSetting.tsx';

/** Changes settings of the engine; every window sees them. */
export function changeSettings(changes: Partial<SettingsInfo>): void {
  attempt('', async () => {
    await engine().call('setting.set', changes);
    await refreshConfiguration();
  });
}

export function Settings() {
  const t = useText();
  const { language, theme, uploadLimitBytesPerSecond, downloadLimitBytesPerSecond, limitHours } = useApp(
    (state) => state.settings,
  );
  return (
    <div className="page">
      <div className="settings">
        <Section title={t('settings.look')}>
          <Setting title={t('settings.language')}>
            <Segments
              label={t('settings.language')}
              value={language}
              onChange={(chosen) => changeSettings({ language: chosen })}
              options={[
                { value: 'system', title: t('settings.system') },
                { value: 'en', title: 'English' },
                { value: 'zh-CN', title: '简体中文' },
              ]}
            />
          </Setting>
          <Setting title={t('settings.theme')}>
            <Segments
              label={t('settings.theme')}
              value={theme}
              onChange={(chosen) => changeSettings({ theme: chosen })}
              options={[
                { value: 'system', title: t('settings.system') },
                { value: 'light', title: t('settings.light') },
                { value: 'dark', title: t('settings.dark') },
                { value: 'contrast', title: t('settings.contrast') },
              ]}
            />
          </Setting>
        </Section>
        {desktopShell() === undefined ? null : (
          <Section title={t('settings.desktop')}>
            <DesktopSettings />
          </Section>
        )}
        <Section title={t('settings.bandwidth')}>
          <BandwidthSetting
            title={t('settings.upload-limit')}
            bytesPerSecond={uploadLimitBytesPerSecond}
            onChange={(limit) => changeSettings({ uploadLimitBytesPerSecond: limit })}
          />
          <BandwidthSetting
            title={t('settings.download-limit')}
            bytesPerSecond={downloadLimitBytesPerSecond}
            onChange={(limit) => changeSettings({ downloadLimitBytesPerSecond: limit })}
          />
          <LimitHoursSetting hours={limitHours} onChange={(hours) => changeSettings({ limitHours: hours })} />
        </Section>
        <Section title={t('side.folders')}>
          <FolderSettings />
        </Section>
        <Section title={t('side.accounts')}>
          <AccountSettings />
        </Section>
        <Section title={t('settings.diagnostics')}>
          <Diagnostics />
        </Section>
      </div>
    </div>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export function Setting({
  title,
  help,
  children,
}: {
  readonly title: string;
  readonly help?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <div className="setting">
      <div>
        <p>{title}</p>
        {help === undefined ? null : <div className="help">{help}</div>}
      </div>
      <div className="actions">{children}</div>
    </div>
  );
}
