import type { AccountRow, FolderRow, StateStore } from '../state/index.ts';

/** What belongs to a trial and goes with it: its accounts, and the folders that are synced with them. */
export function trialRows(state: StateStore): { readonly accounts: AccountRow[]; readonly folders: FolderRow[] } {
  const key = state.settings.trial()?.accessKeyId;
  const accounts = state.accounts.list().filter(({ settings }) => settings.accessKeyId === key);
  const ids = new Set(accounts.map(({ id }) => id));
  return { accounts, folders: state.folders.list().filter(({ accountId }) => ids.has(accountId)) };
}
