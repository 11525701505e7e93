import { CircleSlash, CircleX, KeyRound, OctagonAlert, RotateCw, Split, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { FolderStatus, ProblemInfo } from '../../../src/api/index.ts';
import { engine } from '../../engine/engine.ts';
import { useErrorText } from '../../i18n/error-text.ts';
import { useFormats } from '../../i18n/format.ts';
import { isTextKey, useText } from '../../i18n/index.ts';
import { attempt } from '../../store/attempt.ts';
import { nameOfPath } from '../../store/folder-names.ts';
import { openDialog } from '../../store/store.ts';
import { Button, LinkButton } from '../../ui/Button.tsx';
import type { ProblemGroup } from './groups.ts';
import { useHoldText } from './hold-text.ts';

/** Paths of a group that are shown; of the others the number is told. */
const MOST_PATHS = 500;

/** A plan that the mass-change brake holds. */
export function Held({ status }: { readonly status: FolderStatus }) {
  const t = useText();
  const text = useHoldText(status);
  return (
    <article className="problem">
      <OctagonAlert className="icon" aria-hidden />
      <div>
        <h3 title={status.folder.localRoot}>{nameOfPath(status.folder.localRoot)}</h3>
        <p>{text}</p>
        <p className="muted">{t('held.nothing-done')}</p>
      </div>
      <div className="actions">
        <Button variant="primary" onPress={() => openDialog({ kind: 'held', folderId: status.folder.id })}>
          {t('held.look')}
        </Button>
      </div>
    </article>
  );
}

/** What an account's keys and the way to its server can be the reason for. */
const ACCOUNT_CODES: ReadonlySet<string> = new Set([
  'wrong-secret-key',
  'unknown-access-key',
  'wrong-region',
  'path-style-needed',
  'untrusted-certificate',
  'no-secret',
  'no-keychain',
]);

export function Stopped({
  problem,
  folder,
  account,
}: {
  readonly problem: ProblemInfo;
  readonly folder: string;
  readonly account: string | undefined;
}) {
  const t = useText();
  const { message, advice } = useErrorText()(problem);
  return (
    <article className="problem" data-tone="bad">
      <CircleX className="icon" aria-hidden />
      <div>
        <h3>{folder}</h3>
        <p>{message}</p>
        <p className="muted">{advice}</p>
      </div>
      <div className="actions">
        {account !== undefined && ACCOUNT_CODES.has(problem.code) ? (
          <Button icon={KeyRound} variant="primary" onPress={() => openDialog({ kind: 'edit-account', account })}>
            {t('account.change')}
          </Button>
        ) : null}
        <Button icon={RotateCw} onPress={() => retry(problem, t('transfers.retrying'))}>
          {t('common.try-again')}
        </Button>
      </div>
    </article>
  );
}

/** Both sides of a file changed: the person says which to keep. */
export function Conflict({ problem, folder }: { readonly problem: ProblemInfo; readonly folder: string }) {
  const t = useText();
  const { ago } = useFormats();
  return (
    <article className="problem">
      <Split className="icon" aria-hidden />
      <div>
        <h3>{problem.path}</h3>
        <p>{t('conflict.both-kept', { name: problem.detail })}</p>
        <p className="muted">{t('conflict.where', { folder, when: ago(problem.firstMs, Date.now()) })}</p>
      </div>
      <div className="actions">
        <Button onPress={() => openDialog({ kind: 'resolve', problem })}>{t('conflict.resolve')}</Button>
      </div>
    </article>
  );
}

/** Many paths with one reason. */
export function Group({ group, names }: { readonly group: ProblemGroup; readonly names: ReadonlyMap<string, string> }) {
  const t = useText();
  const { number } = useFormats();
  const textOf = useErrorText();
  const [isOpen, setOpen] = useState(group.problems.length <= 5);
  const { code, severity, problems } = group;
  const [sample] = problems;
  if (sample === undefined) return null;
  const { message, advice } = textOf(sample);
  // Errors name their file in the message; a group is told by its kind.
  const key = `code.${code}`;
  const title = problems.length > 1 && isTextKey(key) ? t(key) : message;
  const Icon = severity === 'error' ? CircleX : severity === 'warning' ? TriangleAlert : CircleSlash;
  const tone = severity === 'error' ? 'bad' : severity === 'notice' ? 'quiet' : undefined;
  const more = problems.length - MOST_PATHS;
  const folders = [...new Set(problems.map(({ folderId }) => folderId))];
  return (
    <article className="problem" data-tone={tone}>
      <Icon className="icon" aria-hidden />
      <div>
        <h3>{title}</h3>
        <p className="muted">{advice}</p>
        {isOpen ? (
          <ul className="paths" aria-label={title} tabIndex={0}>
            {problems.slice(0, MOST_PATHS).map(({ id, path, folderId }) => (
              <li key={id} className="ellipsis" title={path}>
                <span className="where">{names.get(folderId)}/</span>
                {path}
              </li>
            ))}
            {more > 0 ? <li className="muted">{t('problems.more', { count: more, files: number(more) })}</li> : null}
          </ul>
        ) : (
          <LinkButton onPress={() => setOpen(true)}>
            {t('problems.show', { count: problems.length, files: number(problems.length) })}
          </LinkButton>
        )}
      </div>
      {severity === 'error' ? (
        <div className="actions">
          <Button
            icon={RotateCw}
            onPress={() =>
              attempt(t('transfers.retrying'), () =>
                Promise.all(folders.map((folderId) => engine().call('transfer.retry', { folderId }))),
              )
            }
          >
            {t('common.try-again')}
          </Button>
        </div>
      ) : null}
    </article>
  );
}

function retry({ folderId }: ProblemInfo, done: string): void {
  attempt(done, () => engine().call('transfer.retry', { folderId }));
}
