import './first-run.css';
import { useState } from 'react';
import type { AccountInfo } from '../../src/api/index.ts';
import { useText } from '../i18n/index.ts';
import { endFirstRun, notify, useApp } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';
import { ConnectForm } from './ConnectForm.tsx';
import { FolderSetup } from './FolderSetup.tsx';
import { Steps } from './Steps.tsx';
import { TrialOffer } from './TrialOffer.tsx';

/** From nothing to a folder in sync: the server, or one that is thrown away, then the folder. */
export function FirstRun() {
  const t = useText();
  const [connected, setConnected] = useState<AccountInfo>();
  const trial = useApp((state) => state.status?.trial);
  const account = trial?.account ?? connected?.name;
  return (
    <main className="first-run">
      <div className="wizard">
        {account === undefined ? (
          <>
            <h1>{t('welcome.title')}</h1>
            <p className="lead">{t('welcome.text')}</p>
            <Steps current="server" />
            <ConnectForm onConnected={setConnected} submit={t('connect.submit')} />
            <TrialOffer />
          </>
        ) : (
          <FolderSetup
            key={account}
            account={account}
            {...(trial !== undefined && {
              localRoot: trial.sampleRoot,
              bucket: trial.bucket,
              hint: t('trial.folder'),
            })}
            showSteps
            onDone={() => {
              notify('done', t('setup.started'));
              endFirstRun();
            }}
            cancel={
              <Button variant="quiet" size="large" onPress={endFirstRun}>
                {t('setup.later')}
              </Button>
            }
          />
        )}
      </div>
    </main>
  );
}
