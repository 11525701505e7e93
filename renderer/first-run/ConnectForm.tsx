import { useState, type ReactNode } from 'react';
import { Form } from 'react-aria-components';
import type { AccountInfo, CommandInput } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { useStoppable } from '../engine/use-stoppable.ts';
import { useText } from '../i18n/index.ts';
import { refreshConfiguration } from '../store/server-events.ts';
import { useApp } from '../store/store.ts';
import { Button } from '../ui/Button.tsx';
import { Loading } from '../ui/Empty.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { TextField } from '../ui/Field.tsx';
import { Keys, More, NO_SERVER, proxySecretOf, Remedy, useWrong } from './connect-fields.tsx';
import { completeEndpoint, freeName } from './connect-helpers.ts';

const NOTHING = { ...NO_SERVER, endpoint: '', name: '' };
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
  // Who closes the form while it tries has thought better of it.
  const connect = useStoppable(async (signal, changed: Partial<Fields> = {}) => {
    const all = { ...fields, ...changed, endpoint: completeEndpoint(fields.endpoint) };
    setFields(all);
    const account = await engine().call('account.add', requestOf(all, accounts), signal);
    await refreshConfiguration();
    signal.throwIfAborted();
    onConnected(account);
  });
  const wrong = useWrong(connect.error);
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
      <Keys fields={fields} set={set} error={connect.error} />
      <More fields={fields} set={set}>
        <TextField
          label={t('connect.name')}
          value={fields.name}
          onChange={(name) => set({ name })}
          placeholder={freeName(fields, accounts)}
        />
      </More>
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
  const { caFile, trustedFingerprint, proxy, proxyUser, proxyPassword, region, sessionToken, ...others } = fields;
  return {
    ...others,
    name: freeName(fields, accounts),
    ...(sessionToken !== '' && { sessionToken }),
    ...(region.trim() !== '' && { region: region.trim() }),
    ...(caFile.trim() !== '' && { caFile: caFile.trim() }),
    ...(trustedFingerprint.trim() !== '' && { trustedFingerprint: trustedFingerprint.trim() }),
    ...(proxy.trim() !== '' && { proxy: proxy.trim(), ...proxySecretOf({ proxyUser, proxyPassword }) }),
  };
}
