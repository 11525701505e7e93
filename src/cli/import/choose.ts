import type { AccountInfo } from '../../api/index.ts';
import type { FoundRemote, Remote } from './remote.ts';

/** What to do about a remote. */
export type Choice =
  | { readonly kind: 'add'; readonly remote: FoundRemote; readonly account: string }
  | {
      readonly kind: 'there' | 'left-out';
      /** Its name in the other program. */
      readonly remote: string;
      /** The account's name; empty where none can be made. */
      readonly account: string;
      readonly endpoint: string;
      readonly reason: string;
    };

/**
 * What to add, and under which names. A name that stands for another server already, here or earlier in the list, is never
 * taken from it.
 *
 * @param as the account's name, where there is one remote.
 */
export function chooseRemotes(remotes: readonly Remote[], accounts: readonly AccountInfo[], as?: string): Choice[] {
  const taken = new Map<string, Owner>(accounts.map((account) => [account.name, account]));
  return remotes.map((remote): Choice => {
    if (remote.kind === 'unusable') {
      return { kind: 'left-out', remote: remote.name, account: '', endpoint: '', reason: remote.reason };
    }
    const { name, endpoint } = remote;
    const account = as ?? accountName(name);
    const owner = taken.get(account);
    if (owner === undefined) {
      taken.set(account, remote);
      return { kind: 'add', remote, account };
    }
    if (isSame(owner, remote)) return { kind: 'there', remote: name, account, endpoint, reason: '' };
    const reason = `An account called ${account} is there, for another server or key. Take this one over by itself, with --as and another name.`;
    return { kind: 'left-out', remote: name, account: '', endpoint, reason };
  });
}

type Owner = Pick<AccountInfo, 'endpoint' | 'accessKeyId'>;

function isSame(one: Owner, other: Owner): boolean {
  return one.endpoint === other.endpoint && one.accessKeyId === other.accessKeyId;
}

/** An account's name stands before a colon in commands, so that it can hold less than names elsewhere. */
function accountName(name: string): string {
  const usable = name.replace(/[\s:/\\]+/gu, '-').replace(/^-+/, '');
  // Not in the middle of a character of two units.
  return usable.slice(0, 63).replace(/[\ud800-\udbff]$/, '') || 'imported';
}
