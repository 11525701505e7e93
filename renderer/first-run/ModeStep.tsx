import type { FolderInfo } from '../../src/api/index.ts';
import { useText } from '../i18n/index.ts';
import { Checkbox, Choices } from '../ui/Choice.tsx';
import type { Choice } from './FolderSetup.tsx';

export type SyncMode = FolderInfo['mode'];

/** In which direction changes go, in plain words. */
export function ModeStep({
  choice,
  onChange,
}: {
  readonly choice: Choice;
  readonly onChange: (change: Partial<Choice>) => void;
}) {
  const t = useText();
  const option = (value: SyncMode) => ({ value, title: t(`mode.${value}`), help: t(`mode.${value}.help`) });
  return (
    <>
      <Choices
        label={t('setup.mode.title')}
        value={choice.mode}
        onChange={(mode) => onChange({ mode, mirrorDeletes: false })}
        options={[option('upload'), option('two-way'), option('download')]}
      />
      {choice.mode === 'two-way' ? null : (
        <Checkbox isSelected={choice.mirrorDeletes} onChange={(mirrorDeletes) => onChange({ mirrorDeletes })}>
          {t(`mode.${choice.mode}.mirror`)}
        </Checkbox>
      )}
    </>
  );
}
