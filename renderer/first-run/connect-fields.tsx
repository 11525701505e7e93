import { ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import type { SyncError } from '../../src/api/index.ts';
import { useText } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { Checkbox } from '../ui/Choice.tsx';
import { TextField } from '../ui/Field.tsx';
import { fieldOf, fingerprintIn, type ConnectField } from './connect-helpers.ts';

/** What one says of a server and of oneself there, when it is added and when it is changed. */
export interface ServerFields {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly region: string;
  readonly caFile: string;
  readonly trustedFingerprint: string;
  readonly proxy: string;
  readonly proxyUser: string;
  readonly proxyPassword: string;
  readonly pathStyle: boolean;
  readonly storeSecretInFile: boolean;
}

export const NO_SERVER: ServerFields = {
  accessKeyId: '',
  secretAccessKey: '',
  sessionToken: '',
  region: 'us-east-1',
  caFile: '',
  trustedFingerprint: '',
  proxy: '',
  proxyUser: '',
  proxyPassword: '',
  pathStyle: true,
  storeSecretInFile: false,
};

/** The name and password for the proxy, as far as they were typed. */
export function proxySecretOf({ proxyUser, proxyPassword }: Pick<ServerFields, 'proxyUser' | 'proxyPassword'>) {
  return {
    ...(proxyUser.trim() !== '' && { proxyUser: proxyUser.trim() }),
    ...(proxyPassword !== '' && { proxyPassword }),
  };
}

interface FieldsProps {
  readonly fields: ServerFields;
  readonly set: (change: Partial<ServerFields>) => void;
}

/** What is wrong with a field, by the error of signing in. */
export function useWrong(error: SyncError | undefined): (field: ConnectField) => string | undefined {
  const t = useText();
  const wrongField = error === undefined ? undefined : fieldOf(error.code);
  return (field) => (wrongField === field ? t(`connect.check.${field}`) : undefined);
}

/** The access key and its secret key. */
export function Keys({
  fields,
  set,
  error,
  secretPlaceholder,
}: FieldsProps & { readonly error: SyncError | undefined; readonly secretPlaceholder?: string }) {
  const t = useText();
  const wrong = useWrong(error);
  return (
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
        {...(secretPlaceholder !== undefined && { placeholder: secretPlaceholder })}
      />
    </div>
  );
}

/** What most servers need not be told. */
export function More({ fields, set, children }: FieldsProps & { readonly children: ReactNode }) {
  const t = useText();
  return (
    <details className="disclosure">
      <summary>{t('connect.more')}</summary>
      <div>
        {children}
        <div className="keys">
          <TextField label={t('connect.region')} value={fields.region} onChange={(region) => set({ region })} />
          <TextField
            label={t('connect.session-token')}
            type="password"
            value={fields.sessionToken}
            onChange={(sessionToken) => set({ sessionToken: sessionToken.trim() })}
          />
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
        {fields.proxy.trim() === '' ? null : (
          <div className="keys">
            <TextField
              label={t('connect.proxy-user')}
              value={fields.proxyUser}
              onChange={(proxyUser) => set({ proxyUser })}
              help={t('connect.proxy-user.help')}
            />
            <TextField
              label={t('connect.proxy-password')}
              type="password"
              value={fields.proxyPassword}
              onChange={(proxyPassword) => set({ proxyPassword })}
            />
          </div>
        )}
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

/** What can be done at once about what went wrong. */
export function Remedy({
  error,
  onRetry,
}: {
  readonly error: SyncError | undefined;
  readonly onRetry: (change: Partial<ServerFields>) => void;
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
