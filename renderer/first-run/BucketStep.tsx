import { Database } from 'lucide-react';
import { useEffect } from 'react';
import { ListBox, ListBoxItem } from 'react-aria-components';
import { isBucketName } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { useAnswer } from '../engine/use-answer.ts';
import { useText } from '../i18n/index.ts';
import { nameOfPath } from '../store/folder-names.ts';
import { Choices } from '../ui/Choice.tsx';
import { Loading } from '../ui/Empty.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { TextField } from '../ui/Field.tsx';
import { bucketNameFor } from './connect-helpers.ts';
import type { Choice } from './FolderSetup.tsx';

/** A bucket that is there, chosen or named where none can be listed, or a new one. */
export function BucketStep({
  account,
  choice,
  onChange,
}: {
  readonly account: string;
  readonly choice: Choice;
  readonly onChange: (change: Partial<Choice>) => void;
}) {
  const t = useText();
  const { data: buckets, error } = useAnswer(account, (signal) => engine().call('bucket.list', { account }, signal));
  const names = buckets?.map(({ name }) => name) ?? [];
  const choose = (value: 'existing' | 'new') => {
    const isNewBucket = value === 'new';
    const fitting = names.includes(choice.bucket) ? choice.bucket : '';
    onChange({ isNewBucket, bucket: isNewBucket ? bucketNameFor(nameOfPath(choice.localRoot)) : fitting });
  };
  const isEmpty = buckets?.length === 0;
  useEffect(() => {
    if (isEmpty && choice.bucket === '') choose('new');
    // What changes with the choice is no reason to make it again.
  }, [isEmpty]);
  if (buckets === undefined && error === undefined) return <Loading text={t('bucket.loading')} />;
  return (
    <>
      {/* A key that may not list buckets may use one all the same. */}
      {error?.code === 'access-denied' ? null : <ErrorNote error={error} />}
      {names.length === 0 ? <p className="lead">{t('bucket.none')}</p> : null}
      <Choices
        label={t('setup.bucket.title')}
        value={choice.isNewBucket ? 'new' : 'existing'}
        onChange={choose}
        options={[
          { value: 'existing', title: t('bucket.existing') },
          { value: 'new', title: t('bucket.new'), help: t('bucket.new.help') },
        ]}
      />
      {choice.isNewBucket ? (
        <TextField
          label={t('bucket.name')}
          value={choice.bucket}
          onChange={(bucket) => onChange({ bucket })}
          help={t('bucket.name.help')}
          wrong={choice.bucket.length < 3 || isBucketName(choice.bucket) ? undefined : t('bucket.name.wrong')}
        />
      ) : names.length === 0 ? (
        <TextField
          label={t('bucket.name')}
          value={choice.bucket}
          onChange={(bucket) => onChange({ bucket: bucket.trim() })}
        />
      ) : (
        <div className="picker">
          <ListBox
            className="picker-list"
            aria-label={t('bucket.existing')}
            selectionMode="single"
            disallowEmptySelection={names.includes(choice.bucket)}
            selectedKeys={names.includes(choice.bucket) ? [choice.bucket] : []}
            onSelectionChange={(keys) => {
              if (keys !== 'all') for (const key of keys) onChange({ bucket: String(key) });
            }}
            items={names.map((name) => ({ id: name }))}
          >
            {({ id }) => (
              <ListBoxItem id={id} textValue={id} className="picker-item">
                <Database className="icon" aria-hidden />
                <span className="ellipsis">{id}</span>
              </ListBoxItem>
            )}
          </ListBox>
        </div>
      )}
      <details className="disclosure">
        <summary>{t('bucket.prefix.more')}</summary>
        <div>
          <TextField
            label={t('bucket.prefix')}
            value={choice.prefix}
            onChange={(prefix) => onChange({ prefix })}
            help={t('bucket.prefix.help')}
            placeholder="photos/2026"
          />
        </div>
      </details>
    </>
  );
}
