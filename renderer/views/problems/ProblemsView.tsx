import './problems.css';
import { CircleCheck } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { engine } from '../../engine/engine.ts';
import { restOfList, useLive } from '../../engine/use-live.ts';
import { useText } from '../../i18n/index.ts';
import { useFolderNames } from '../../store/folder-names.ts';
import { useApp } from '../../store/store.ts';
import { Empty, Loading } from '../../ui/Empty.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Conflict, Group, Held, Stopped } from './cards.tsx';
import { Leftovers, useLeftovers } from './Leftovers.tsx';
import { sortProblems } from './groups.ts';

const MOST_PROBLEMS = 5_000;

/** What a person has to decide or may want to know, worst first. */
export function ProblemsView() {
  const t = useText();
  const folders = useApp((state) => state.status?.folders);
  const { data, error } = useLive(
    'problems',
    () => engine().call('problem.list', { limit: MOST_PROBLEMS }),
    restOfList,
  );
  const sorted = useMemo(() => sortProblems(data ?? []), [data]);
  const names = useFolderNames();
  const leftovers = useLeftovers();
  const held = folders?.filter(({ state }) => state === 'held') ?? [];
  if (data === undefined && error === undefined) return <Loading text={t('common.loading')} />;
  if (error === undefined && data?.length === 0 && held.length === 0 && leftovers.length === 0) {
    return <Empty icon={CircleCheck} title={t('problems.none')} text={t('problems.none.text')} />;
  }
  return (
    <div className="page problems">
      <ErrorNote error={error} />
      <Section title={t('problems.held')} items={held}>
        {(status) => <Held key={status.folder.id} status={status} />}
      </Section>
      <Section title={t('problems.stopped')} items={sorted.stopped}>
        {(problem) => (
          <Stopped
            key={problem.id}
            problem={problem}
            folder={names.get(problem.folderId) ?? ''}
            account={folders?.find(({ folder }) => folder.id === problem.folderId)?.folder.account}
          />
        )}
      </Section>
      <Section title={t('problems.conflicts')} items={sorted.conflicts}>
        {(problem) => <Conflict key={problem.id} problem={problem} folder={names.get(problem.folderId) ?? ''} />}
      </Section>
      <Section title={t('problems.failed')} items={sorted.failed}>
        {(group) => <Group key={group.code} group={group} names={names} />}
      </Section>
      <Section title={t('problems.skipped')} items={sorted.skipped}>
        {(group) => <Group key={group.code} group={group} names={names} />}
      </Section>
      <Section title={t('problems.notices')} items={sorted.notices}>
        {(group) => <Group key={group.code} group={group} names={names} />}
      </Section>
      <Section title={t('leftovers.section')} items={leftovers.length === 0 ? [] : [leftovers]}>
        {(all) => <Leftovers key="leftovers" leftovers={all} />}
      </Section>
    </div>
  );
}

function Section<T>({
  title,
  items,
  children,
}: {
  readonly title: string;
  readonly items: readonly T[];
  readonly children: (item: T) => ReactNode;
}) {
  if (items.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      {items.map(children)}
    </section>
  );
}
