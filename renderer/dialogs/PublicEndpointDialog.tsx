import { useState } from 'react';
import { engine } from '../engine/engine.ts';
import { useAction } from '../engine/use-action.ts';
import { useText } from '../i18n/index.ts';
import { refreshConfiguration } from '../store/server-events.ts';
import { closeDialog, useApp } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { TextField } from '../ui/Field.tsx';

/** The address that links of an account name, for a server that receivers know by another one. */
export function PublicEndpointDialog({ account }: { readonly account: string }) {
  const t = useText();
  const known = useApp((state) => state.accounts)?.find(({ name }) => name === account);
  const [address, setAddress] = useState(known?.publicEndpoint ?? '');
  const save = useAction(async () => {
    const typed = address.trim();
    await engine().call('account.set', { name: account, publicEndpoint: typed === '' ? null : typed });
    await refreshConfiguration();
    closeDialog();
  });
  return (
    <Dialog
      title={t('public-endpoint.title', { name: account })}
      onClose={closeDialog}
      isBusy={save.isBusy}
      onSubmit={() => void save.run()}
      footer={
        <>
          <Button size="large" onPress={closeDialog} isDisabled={save.isBusy}>
            {t('common.cancel')}
          </Button>
          <Button size="large" variant="primary" type="submit" isDisabled={save.isBusy}>
            {t('public-endpoint.save')}
          </Button>
        </>
      }
    >
      <ErrorNote error={save.error} />
      <TextField
        label={t('public-endpoint.label')}
        type="url"
        value={address}
        onChange={setAddress}
        placeholder={known?.endpoint ?? ''}
        help={t('public-endpoint.help')}
        autoFocus
      />
    </Dialog>
  );
}
