import './first-run.css';
import { useState } from 'react';
import type { AccountInfo } from '../../src/api/index.ts';
import { useText } from '../i18n/index.ts';
import { endFirstRun, notify } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';
import { ConnectForm } from './ConnectForm.tsx';
import { FolderSetup } from './FolderSetup.tsx';
import { Steps } from './Steps.tsx';

/** From nothing to a folder in sync: the server, then the folder. */
export function FirstRun() {
  const t = useText();
  const [account, setAccount] = useState<AccountInfo>();
  return (
    <main className="first-run">
      <div className="wizard">
        {account === undefined ? (
          <>
            <h1>{t('welcome.title')}</h1>
            <p className="lead">{t('welcome.text')}</p>
            <Steps current="server" />
            <ConnectForm onConnected={setAccount} submit={t('connect.submit')} />
          </>
        ) : (
          <FolderSetup
            account={account.name}
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
