import { CircleCheck, PlugZap, Server } from 'lucide-react';
import { useState } from 'react';
import type { AccountInfo } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { useAction } from '../engine/use-action.ts';
import { useFormats } from '../i18n/format.ts';
import { useText } from '../i18n/index.ts';
import { openDialog, useApp } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { Setting } from './Settings.tsx';

export function AccountSettings() {
  const t = useText();
  const accounts = useApp((state) => state.accounts) ?? [];
  return (
    <>
      {accounts.map((account) => (
        <Account key={account.id} account={account} />
      ))}
      <Setting title="">
        <Button icon={Server} onPress={() => openDialog({ kind: 'add-account' })}>
          {t('side.add-account')}
        </Button>
      </Setting>
    </>
  );
}

function Account({ account }: { readonly account: AccountInfo }) {
  const t = useText();
  const { number } = useFormats();
  const [buckets, setBuckets] = useState<number>();
  const test = useAction(async () => {
    setBuckets(undefined);
    const found = await engine().call('account.test', { name: account.name });
    setBuckets(found.buckets);
  });
  return (
    <Setting
      title={account.name}
      help={
        <>
          <p>{`${account.endpoint} · ${account.accessKeyId} · ${t(`settings.secret.${account.secretPlace}`)}`}</p>
          {account.publicEndpoint === undefined ? null : (
            <p>{t('settings.public-endpoint', { address: account.publicEndpoint })}</p>
          )}
          {buckets === undefined ? null : (
            <p className="state" data-tone="good" role="status">
              <CircleCheck className="icon" aria-hidden />{' '}
              {t('settings.test-ok', { count: buckets, buckets: number(buckets) })}
            </p>
          )}
          <ErrorNote error={test.error} />
        </>
      }
    >
      <Button icon={PlugZap} isDisabled={test.isBusy} onPress={() => void test.run()}>
        {t(test.isBusy ? 'connect.trying' : 'settings.test')}
      </Button>
      <Button onPress={() => openDialog({ kind: 'edit-account', account: account.name })}>{t('account.change')}</Button>
      <Button onPress={() => openDialog({ kind: 'remove-account', account: account.name })}>
        {t('side.remove-account')}
      </Button>
    </Setting>
  );
}
