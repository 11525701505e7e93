import { useState } from 'react';
import type { AccountInfo, CommandInput } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { useAction } from '../engine/use-action.ts';
import { Keys, More, NO_SERVER, proxySecretOf, Remedy, type ServerFields } from '../first-run/connect-fields.tsx';
import { useText } from '../i18n/index.ts';
import { refreshConfiguration } from '../store/server-events.ts';
import { closeDialog, notify, useApp } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Loading } from '../ui/Empty.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { TextField } from '../ui/Field.tsx';

interface Fields extends ServerFields {
  readonly publicEndpoint: string;
}

/** Other keys for an account, or another way to its server. Nothing is kept before the server has let us in. */
export function EditAccountDialog({ account: name }: { readonly account: string }) {
  const account = useApp((state) => state.accounts)?.find((each) => each.name === name);
  return account === undefined ? null : <Edit account={account} />;
}

function Edit({ account }: { readonly account: AccountInfo }) {
  const t = useText();
  const { name, endpoint } = account;
  const [fields, setFields] = useState(() => fieldsOf(account));
  const set = (change: Partial<Fields>) => setFields((old) => ({ ...old, ...change }));
  const save = useAction(async (changed: Partial<Fields> = {}) => {
    const all = { ...fields, ...changed };
    setFields(all);
    await engine().call('account.set', { name, ...changesOf(all, account) });
    await refreshConfiguration();
    notify('done', t('account.changed', { name }));
    closeDialog();
  });
  const needsSecret = fields.accessKeyId !== account.accessKeyId;
  const isComplete = fields.accessKeyId !== '' && !(needsSecret && fields.secretAccessKey === '');
  return (
    <Dialog
      title={t('account.change-title', { name })}
      size="wide"
      onClose={closeDialog}
      isBusy={save.isBusy}
      onSubmit={() => {
        if (isComplete && !save.isBusy) void save.run();
      }}
      footer={
        <>
          {save.isBusy ? <Loading text={t('connect.trying')} /> : null}
          <span className="spread" />
          <Button size="large" onPress={closeDialog} isDisabled={save.isBusy}>
            {t('common.cancel')}
          </Button>
          <Button size="large" variant="primary" type="submit" isDisabled={!isComplete || save.isBusy}>
            {t('account.save')}
          </Button>
        </>
      }
    >
      <p className="muted">{t('account.change-text', { endpoint })}</p>
      <Keys
        fields={fields}
        set={set}
        error={save.error}
        {...(!needsSecret && { secretPlaceholder: t('account.unchanged') })}
      />
      <More fields={fields} set={set}>
        <TextField
          label={t('public-endpoint.label')}
          type="url"
          value={fields.publicEndpoint}
          onChange={(publicEndpoint) => set({ publicEndpoint })}
          placeholder={endpoint}
          help={t('public-endpoint.help')}
        />
      </More>
      <ErrorNote error={save.error}>
        <Remedy error={save.error} onRetry={(change) => void save.run(change)} />
      </ErrorNote>
    </Dialog>
  );
}

function fieldsOf(account: AccountInfo): Fields {
  const { accessKeyId, region, caFile = '', trustedFingerprint = '', proxy = '', publicEndpoint = '' } = account;
  const { pathStyle, secretPlace } = account;
  const server = { accessKeyId, region, caFile, trustedFingerprint, proxy, pathStyle };
  return { ...NO_SERVER, ...server, publicEndpoint, storeSecretInFile: secretPlace === 'file' };
}

/** What is another thing now than it was; null for what was emptied. */
function changesOf(fields: Fields, account: AccountInfo): Omit<CommandInput<'account.set'>, 'name'> {
  const old = fieldsOf(account);
  const optional = (field: 'caFile' | 'trustedFingerprint' | 'proxy' | 'publicEndpoint') => {
    const typed = fields[field].trim();
    return typed === old[field] ? {} : { [field]: typed === '' ? null : typed };
  };
  const { accessKeyId, secretAccessKey, sessionToken, pathStyle, storeSecretInFile } = fields;
  const region = fields.region.trim();
  return {
    ...(accessKeyId !== old.accessKeyId && { accessKeyId }),
    ...(secretAccessKey !== '' && { secretAccessKey }),
    ...(sessionToken !== '' && { sessionToken }),
    ...(region !== '' && region !== old.region && { region }),
    ...optional('caFile'),
    ...optional('trustedFingerprint'),
    ...optional('proxy'),
    ...(fields.proxy.trim() !== '' && proxySecretOf(fields)),
    ...optional('publicEndpoint'),
    ...(pathStyle !== old.pathStyle && { pathStyle }),
    ...(storeSecretInFile !== old.storeSecretInFile && { storeSecretInFile }),
  };
}
