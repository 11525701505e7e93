import '../first-run/first-run.css';
import { useState } from 'react';
import { ConnectForm } from '../first-run/ConnectForm.tsx';
import { FolderSetup } from '../first-run/FolderSetup.tsx';
import { useText } from '../i18n/index.ts';
import { closeDialog, notify, useApp } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';
import { Select } from '../ui/Choice.tsx';
import { Dialog } from '../ui/Dialog.tsx';

function Cancel() {
  const t = useText();
  return (
    <Button size="large" onPress={closeDialog}>
      {t('common.cancel')}
    </Button>
  );
}

export function AddAccountDialog() {
  const t = useText();
  return (
    <Dialog title={t('side.add-account')} size="wide" onClose={closeDialog}>
      <ConnectForm
        submit={t('connect.submit')}
        cancel={<Cancel />}
        onConnected={({ name }) => {
          notify('done', t('connect.connected', { name }));
          closeDialog();
        }}
      />
    </Dialog>
  );
}

export function AddFolderDialog({ account, bucket }: { readonly account?: string; readonly bucket?: string }) {
  const t = useText();
  const accounts = useApp((state) => state.accounts) ?? [];
  const [chosen, setChosen] = useState(account ?? accounts[0]?.name ?? '');
  return (
    <Dialog title={t('side.add-folder')} size="wide" onClose={closeDialog}>
      {accounts.length > 1 && account === undefined ? (
        <Select
          label={t('bucket.account')}
          value={chosen}
          onChange={setChosen}
          options={accounts.map(({ name }) => ({ value: name, title: name }))}
        />
      ) : null}
      <FolderSetup
        key={chosen}
        account={chosen}
        {...(bucket !== undefined && { bucket })}
        cancel={<Cancel />}
        onDone={() => {
          notify('done', t('setup.started'));
          closeDialog();
        }}
      />
    </Dialog>
  );
}
