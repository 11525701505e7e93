import { arch, cpus, freemem, platform, release, totalmem } from 'node:os';
import { VERSION } from '../api/index.ts';
import { asSyncError } from '../core/errors.ts';
import type { AccountRow, FolderRow } from '../state/index.ts';
import type { Engine } from './engine.ts';
import type { Records } from './records.ts';
import { SecretFilter, withoutNames } from './redact.ts';

/** A server that does not answer holds the report up for no longer. */
const DOCTOR_WAIT_MS = 20_000;
const MOST_PROBLEMS = 10_000;

/**
 * What somebody who helps needs to know, as a text that its person can read before sending it.
 *
 * Built from what is known to be harmless rather than by blacking out what is not: without `withNames` it has counts, codes and
 * settings, and no text that came from elsewhere. Access keys and secrets are never in it.
 *
 * @param records what lies beside the state; absent where nothing does.
 */
export async function makeDiagnostics(
  engine: Engine,
  records: Records | undefined,
  withNames: boolean,
  signal: AbortSignal,
): Promise<string> {
  const { state } = engine.parts;
  const accounts = state.accounts.list();
  const folders = state.folders.list();
  const secrets = await secretsOf(engine, accounts);
  const sections: [string, unknown][] = [
    ['Program', program()],
    ['Settings', state.settings.read()],
    ['Accounts', accounts.map((account, index) => describeAccount(account, index, withNames))],
    ['Folders', folders.map((folder, index) => describeFolder(engine, folder, index, withNames))],
    ['Problems', withNames ? state.problems.list(undefined, 200) : undefined],
    ['Doctor', await askDoctor(engine, accounts, folders, withNames, signal)],
    ['Files', records?.files()],
    ['Crashes', records?.crashes().map((crash) => (withNames ? crash : { ...crash, message: '(removed)' }))],
    ...(records?.logs() ?? []).map(({ name, lines }): [string, unknown] => [name, logLines(lines, withNames)]),
  ];
  const title = withNames
    ? 'RustFS Sync diagnostics, with names of files, buckets and servers. Without secrets.'
    : 'RustFS Sync diagnostics, without secrets, names, paths and addresses.';
  const texts = sections.filter(([, content]) => content !== undefined).map(([name, content]) => asText(name, content));
  return secrets.clean(`${title}\n\n${texts.join('\n')}`);
}

function asText(name: string, content: unknown): string {
  const items = Array.isArray(content) ? content : [content];
  const lines = items.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
  return `== ${name}\n${lines.length === 0 ? '(none)' : lines.join('\n')}\n`;
}

function program(): object {
  const { LANG, LC_ALL, XDG_SESSION_TYPE, RUSTFS_SYNC_DEBUG } = process.env;
  return {
    version: VERSION,
    node: process.versions.node,
    electron: process.versions['electron'],
    platform: platform(),
    arch: arch(),
    release: release(),
    cpus: cpus().length,
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    ownMemoryBytes: process.memoryUsage.rss(),
    uptimeSeconds: Math.round(process.uptime()),
    madeAt: new Date().toISOString(),
    locale: known(LC_ALL) ?? known(LANG),
    session: known(XDG_SESSION_TYPE),
    debug: RUSTFS_SYNC_DEBUG === '1',
    throughProxy: ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].some((name) => name in process.env),
  };
}

/** The value of a variable that is a locale or a session type, as these are spelt. */
function known(value: string | undefined): string | undefined {
  return /^([a-z]{2,3}(_[A-Z]{2})?(\.[A-Za-z0-9-]{1,12})?|C(\.UTF-8)?|POSIX|x11|wayland|tty)$/.exec(value ?? '')?.[0];
}

function describeAccount({ name, settings, secretPlace }: AccountRow, index: number, withNames: boolean): object {
  const { endpoint, region, pathStyle, caFile, trustedFingerprint, proxy } = settings;
  const url = URL.parse(endpoint);
  return {
    account: index + 1,
    scheme: url?.protocol,
    isIpAddress: /^(\[.*\]|[\d.]+)$/.test(url?.hostname ?? ''),
    pathStyle,
    secretPlace,
    ownCa: caFile !== undefined,
    trustedFingerprint: trustedFingerprint !== undefined,
    proxy: proxy !== undefined,
    usualRegion: region === 'us-east-1',
    ...(withNames && { name, endpoint, region }),
  };
}

function describeFolder(engine: Engine, folder: FolderRow, index: number, withNames: boolean): object {
  const { state } = engine.parts;
  const status = engine.folderStatus(folder);
  const byCode: Record<string, number> = {};
  for (const { code } of state.problems.list(folder.id, MOST_PROBLEMS)) byCode[code] = (byCode[code] ?? 0) + 1;
  return {
    folder: index + 1,
    account: state.accounts.list().findIndex(({ id }) => id === folder.accountId) + 1,
    mode: folder.mode,
    mirrorDeletes: folder.mirrorDeletes,
    hasPrefix: folder.prefix !== '',
    ignoreGlobs: folder.ignoreGlobs.length,
    chosen: folder.chosen?.length,
    paused: folder.paused,
    base: state.base.count(folder.id),
    capabilities: state.accounts.capabilities(folder.accountId, folder.bucket),
    problemsByCode: byCode,
    ...numbersAndCodes(status),
    ...(withNames && { reason: status.reason, ...status.folder }),
  };
}

/** A status has names in it as soon as somebody adds one: what passes is what can not be one. */
function numbersAndCodes(status: Readonly<Record<string, unknown>>): object {
  const { state, code, filesInSync, filesScanned, planned, done, problems } = status;
  return { state, code, filesInSync, filesScanned, planned, done, problems };
}

async function askDoctor(
  engine: Engine,
  accounts: readonly AccountRow[],
  folders: readonly FolderRow[],
  withNames: boolean,
  signal: AbortSignal,
): Promise<object[]> {
  const found: object[] = [];
  const targets = new Map(folders.map(({ accountId, bucket }) => [`${accountId} ${bucket}`, { accountId, bucket }]));
  for (const { accountId, bucket } of targets.values()) {
    const index = accounts.findIndex(({ id }) => id === accountId);
    const account = accounts[index];
    if (account === undefined) continue;
    const where = { account: index + 1, folders: folders.filter((each) => each.bucket === bucket).length };
    const limit = AbortSignal.any([signal, AbortSignal.timeout(DOCTOR_WAIT_MS)]);
    try {
      for await (const probe of engine.streamHandlers.doctor({ account: account.name, bucket }, limit)) {
        const { id, verdict, code, finding } = probe;
        found.push({ ...where, id, verdict, code, ...(withNames && { finding }) });
      }
    } catch (error) {
      signal.throwIfAborted();
      found.push({ ...where, verdict: 'failed', code: asSyncError(error).code });
    }
  }
  return found;
}

function logLines(lines: readonly string[], withNames: boolean): string[] {
  if (withNames) return [...lines];
  return lines.map((line) => JSON.stringify(withoutNames(recordOf(line))));
}

function recordOf(line: string): Record<string, unknown> {
  try {
    const record: unknown = JSON.parse(line);
    if (typeof record === 'object' && record !== null) return { ...record };
  } catch {
    // Cut by a full disk: there is nothing in it that could be told from a name.
  }
  return { message: '(not a record)' };
}

async function secretsOf({ parts }: Engine, accounts: readonly AccountRow[]): Promise<SecretFilter> {
  const secrets: string[] = [];
  for (const { id, secretPlace, settings } of accounts) {
    secrets.push(settings.accessKeyId);
    try {
      const { secretAccessKey, sessionToken } = await parts.environment.secrets.get(id, secretPlace);
      secrets.push(secretAccessKey, sessionToken ?? '');
    } catch (error) {
      // A keychain that is locked gives no secret to anybody; the report is made for such trouble too.
      parts.environment.log.warn('A secret could not be read', { code: asSyncError(error).code });
    }
  }
  return new SecretFilter(secrets);
}
