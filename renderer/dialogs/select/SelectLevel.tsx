import { ChevronRight, Files, Folder } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { useFormats } from '../../i18n/format.ts';
import { useText } from '../../i18n/index.ts';
import { Checkbox } from '../../ui/Choice.tsx';
import { Loading } from '../../ui/Empty.tsx';
import { canBeSplit, joined, shareOf, shareOfFiles, type Kept, type Level, type Size } from './kept.ts';
import type { Levels } from './use-levels.ts';

interface TreeProps {
  readonly tree: Levels;
  readonly kept: Kept;
  readonly path: string;
  readonly onChange: (paths: readonly string[], isKept: boolean) => void;
}

/** What is in a directory: its directories, then its files as one. */
export function SelectLevel(props: TreeProps) {
  const { tree, kept, path, onChange } = props;
  const t = useText();
  const { number, size } = useFormats();
  const level = tree.levels.get(path);
  if (level === undefined) return <Loading text={t('common.loading')} />;
  const { files, directories } = level;
  const isFixed = !canBeSplit(kept, path, tree.levels);
  const share = shareOfFiles(kept, path, level);
  return (
    <ul role="list">
      {directories.map((name) => (
        <Directory key={name} {...props} name={name} path={joined(path, name)} isFixed={isFixed} />
      ))}
      {files.length === 0 ? null : (
        <li>
          <div className="select-row">
            <span className="chevron" />
            <Checkbox
              isSelected={share === 'all'}
              isIndeterminate={share === 'some'}
              isDisabled={isFixed}
              onChange={(isKept) => onChange(pathsOf(path, level), isKept)}
            >
              <span className="row">
                <Files className="icon file-icon" aria-hidden />
                {t(path === '' ? 'select.files' : 'select.files-in', {
                  count: files.length,
                  files: number(files.length),
                })}
              </span>
            </Checkbox>
            <span className="size numeric muted">{size(files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))}</span>
          </div>
        </li>
      )}
      {level.isComplete ? null : <li className="muted">{t('select.too-many')}</li>}
    </ul>
  );
}

function Directory({
  tree,
  kept,
  path,
  name,
  isFixed,
  onChange,
}: TreeProps & { readonly name: string; readonly isFixed: boolean }) {
  const t = useText();
  const share = shareOf(kept, path);
  // Where a part of it is chosen, one sees which.
  const [isOpen, setOpen] = useState(share === 'some');
  const { open } = tree;
  useEffect(() => {
    if (isOpen) open(path);
  }, [isOpen, open, path]);
  return (
    <li>
      <div className="select-row">
        <Button
          className="chevron"
          aria-expanded={isOpen}
          aria-label={t('select.open-directory', { name })}
          onPress={() => setOpen(!isOpen)}
        >
          <ChevronRight className="icon" aria-hidden />
        </Button>
        <Checkbox
          isSelected={share === 'all'}
          isIndeterminate={share === 'some'}
          isDisabled={isFixed}
          // What is kept in part is kept as a whole next.
          onChange={() => onChange([path], share !== 'all')}
        >
          <span className="row">
            <Folder className="icon file-icon" data-kind="prefix" aria-hidden />
            {name}
          </span>
        </Checkbox>
        <SizeText size={tree.sizes.get(path)} />
      </div>
      {isOpen ? <SelectLevel tree={tree} kept={kept} path={path} onChange={onChange} /> : null}
    </li>
  );
}

function SizeText({ size }: { readonly size: Size | undefined }) {
  const t = useText();
  const { size: format } = useFormats();
  if (size === undefined) return <span className="size muted">{t('select.size-unknown')}</span>;
  return (
    <span className="size numeric muted">
      {size.isComplete ? format(size.bytes) : t('select.size-more', { bytes: format(size.bytes) })}
    </span>
  );
}

function pathsOf(directory: string, { files }: Level): string[] {
  return files.map(({ name }) => joined(directory, name));
}
