import { ShieldCheck } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Form } from 'react-aria-components';
import type { AccountInfo, CommandInput, SyncError } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { useAction } from '../engine/use-action.ts';
import { useText } from '../i18n/index.ts';
import { refreshConfiguration } from '../store/server-events.ts';
import { useApp } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';
import { Checkbox } from '../ui/Choice.tsx';
import { Loading } from '../ui/Empty.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { TextField } from '../ui/Field.tsx';
import { completeEndpoint, fieldOf, fingerprintIn, freeName } from './connect-helpers.ts';

const NOTHING = {
  endpoint: '',
  accessKeyId: '',
  secretAccessKey: '',
  name: '',
  region: 'us-east-1',
  caFile: '',
  trustedFingerprint: '',
  proxy: '',
  pathStyle: true,
  storeSecretInFile: false,
};
type Fields = typeof NOTHING;

/** Where the server is and who one is there. It is kept once the server has let us in. */
export function ConnectForm({
  onConnected,
  submit,
  cancel,
}: {
  readonly onConnected: (account: AccountInfo) => void;
  readonly submit: string;
  readonly cancel?: ReactNode;
}) {
  const t = useText();
  const accounts = useApp((state) => state.accounts) ?? [];
  const [fields, setFields] = useState(NOTHING);
  const set = (change: Partial<Fields>) => setFields((old) => ({ ...old, ...change }));
  const connect = useAction(async (changed: Partial<Fields> = {}) => {
    const all = { ...fields, ...changed, endpoint: completeEndpoint(fields.endpoint) };
    setFields(all);
    const account = await engine().call('account.add', requestOf(all, accounts));
    await refreshConfiguration();
    onConnected(account);
  });
  const wrongField = connect.error === undefined ? undefined : fieldOf(connect.error.code);
  const wrong = (field: string) => (wrongField === field ? t(`connect.check.${wrongField}`) : undefined);
  const isComplete = fields.endpoint.trim() !== '' && fields.accessKeyId !== '' && fields.secretAccessKey !== '';
  return (
    <Form
      className="wizard-step"
      onSubmit={(event) => {
        event.preventDefault();
        if (isComplete && !connect.isBusy) void connect.run();
      }}
    >
      <TextField
        label={t('connect.endpoint')}
        type="url"
        value={fields.endpoint}
        onChange={(endpoint) => set({ endpoint })}
        onBlur={() => set({ endpoint: completeEndpoint(fields.endpoint) })}
        placeholder="http://192.168.1.100:9000"
        wrong={wrong('endpoint')}
        autoFocus
      />
      <div className="keys">
        <TextField
          label={t('connect.access-key')}
          value={fields.accessKeyId}
          onChange={(accessKeyId) => set({ accessKeyId: accessKeyId.trim() })}
          wrong={wrong('access-key')}
        />
        <TextField
          label={t('connect.secret-key')}
          type="password"
          value={fields.secretAccessKey}
          onChange={(secretAccessKey) => set({ secretAccessKey })}
          wrong={wrong('secret-key')}
        />
      </div>
      <More fields={fields} set={set} name={freeName(fields, accounts)} />
      <ErrorNote error={connect.error}>
        <Remedy error={connect.error} onRetry={(change) => void connect.run(change)} />
      </ErrorNote>
      <div className="wizard-foot">
        {connect.isBusy ? <Loading text={t('connect.trying')} /> : null}
        <span className="spread" />
        {cancel}
        <Button size="large" variant="primary" type="submit" isDisabled={!isComplete || connect.isBusy}>
          {submit}
        </Button>
      </div>
    </Form>
  );
}

function requestOf(fields: Fields, accounts: readonly AccountInfo[]): CommandInput<'account.add'> {
  const { caFile, trustedFingerprint, proxy, region, ...others } = fields;
  return {
    ...others,
    name: freeName(fields, accounts),
    ...(region.trim() !== '' && { region: region.trim() }),
    ...(caFile.trim() !== '' && { caFile: caFile.trim() }),
    ...(trustedFingerprint.trim() !== '' && { trustedFingerprint: trustedFingerprint.trim() }),
    ...(proxy.trim() !== '' && { proxy: proxy.trim() }),
  };
}

/** What can be done at once about what went wrong. */
function Remedy({
  error,
  onRetry,
}: {
  readonly error: SyncError | undefined;
  readonly onRetry: (change: Partial<Fields>) => void;
}) {
  const t = useText();
  if (error?.code === 'no-keychain') {
    return <Button onPress={() => onRetry({ storeSecretInFile: true })}>{t('connect.store-in-file')}</Button>;
  }
  const fingerprint = error === undefined ? undefined : fingerprintIn(error);
  if (error?.code !== 'untrusted-certificate' || fingerprint === undefined) return null;
  return (
    <>
      <p className="code">{fingerprint}</p>
      <Button icon={ShieldCheck} onPress={() => onRetry({ trustedFingerprint: fingerprint })}>
        {t('connect.trust')}
      </Button>
    </>
  );
}

function More({
  fields,
  set,
  name,
}: {
  readonly fields: Fields;
  readonly set: (change: Partial<Fields>) => void;
  readonly name: string;
}) {
  const t = useText();
  return (
    <details className="disclosure">
      <summary>{t('connect.more')}</summary>
      <div>
        <div className="keys">
          <TextField
            label={t('connect.name')}
            value={fields.name}
            onChange={(value) => set({ name: value })}
            placeholder={name}
          />
          <TextField label={t('connect.region')} value={fields.region} onChange={(region) => set({ region })} />
        </div>
        <TextField
          label={t('connect.ca-file')}
          value={fields.caFile}
          onChange={(caFile) => set({ caFile })}
          help={t('connect.ca-file.help')}
        />
        <TextField
          label={t('connect.fingerprint')}
          value={fields.trustedFingerprint}
          onChange={(trustedFingerprint) => set({ trustedFingerprint })}
          help={t('connect.fingerprint.help')}
        />
        <TextField label={t('connect.proxy')} value={fields.proxy} onChange={(proxy) => set({ proxy })} />
        <Checkbox isSelected={fields.pathStyle} onChange={(pathStyle) => set({ pathStyle })}>
          {t('connect.path-style')}
        </Checkbox>
        <Checkbox isSelected={fields.storeSecretInFile} onChange={(storeSecretInFile) => set({ storeSecretInFile })}>
          {t('connect.in-file')}
        </Checkbox>
      </div>
    </details>
  );
}
