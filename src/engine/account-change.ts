import type { CommandRequest } from '../api/index.ts';
import type { SecretPlace } from '../core/environment.ts';
import type { AccountSettings } from '../core/object-store.ts';
import { withoutUndefined } from '../core/without-undefined.ts';
import type { AccountRow } from '../state/index.ts';
import { checkEndpoint, checkProxy } from './check-endpoint.ts';

export type Change = CommandRequest<'account.set'>;

/** What says nothing of the keys nor of how the server is reached. */
const BESIDE: ReadonlySet<string> = new Set(['name', 'publicEndpoint']);

/** Whether a change is about the keys or about how the server is reached, so that it has to be tried. */
export function signsInAnew(change: Change): boolean {
  return Object.entries(change).some(([field, value]) => value !== undefined && !BESIDE.has(field));
}

/** Whether something else may answer now than before. Other keys for the same server change nothing in what it honours. */
export function isAnotherWay(old: AccountSettings, now: AccountSettings): boolean {
  return (
    old.pathStyle !== now.pathStyle ||
    old.proxy !== now.proxy ||
    old.caFile !== now.caFile ||
    old.trustedFingerprint !== now.trustedFingerprint
  );
}

/** An account after a change; what is not given stays. @throws SyncError invalid-argument */
export function changedAccount(old: AccountRow, change: Change): AccountRow {
  const { settings, publicEndpoint, ...row } = old;
  const { caFile, trustedFingerprint, proxy, ...required } = settings;
  const { storeSecretInFile } = change;
  return {
    ...row,
    settings: {
      ...required,
      region: change.region ?? settings.region,
      accessKeyId: change.accessKeyId ?? settings.accessKeyId,
      pathStyle: change.pathStyle ?? settings.pathStyle,
      ...withoutUndefined({
        caFile: changed(caFile, change.caFile),
        trustedFingerprint: changed(trustedFingerprint, change.trustedFingerprint),
        proxy: changed(proxy, checked(change.proxy, checkProxy)),
      }),
    },
    ...withoutUndefined({ publicEndpoint: changed(publicEndpoint, checked(change.publicEndpoint, checkEndpoint)) }),
    secretPlace: storeSecretInFile === undefined ? row.secretPlace : placeOf(storeSecretInFile),
  };
}

/** A setting after a change: null takes it away, undefined leaves it as it was. */
function changed<T>(old: T | undefined, change: T | null | undefined): T | undefined {
  return change === undefined ? old : (change ?? undefined);
}

function checked(change: string | null | undefined, check: (text: string) => string): string | null | undefined {
  return typeof change === 'string' ? check(change) : change;
}

/** Where a secret is kept. */
export function placeOf(storeSecretInFile: boolean): SecretPlace {
  return storeSecretInFile ? 'file' : 'keychain';
}
