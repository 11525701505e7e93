import { ArrowUp, Folder, FolderPlus, House } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { ListBox, ListBoxItem } from 'react-aria-components';
import type { DirectoryListing } from '../../src/api/index.ts';
import { engine } from '../engine/engine.ts';
import { useAction } from '../engine/use-action.ts';
import { useText } from '../i18n/index.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import { TextField } from '../ui/Field.tsx';

/** Picks a folder of the computer that the engine runs on: typed, or walked to. */
export function FolderPicker({ path, onPath }: { readonly path: string; readonly onPath: (path: string) => void }) {
  const t = useText();
  const [listing, setListing] = useState<DirectoryListing>();
  const [newName, setNewName] = useState<string>();
  /** Counts what was asked for and typed. An answer that comes after something newer does not put another path under it. */
  const wishes = useRef(0);
  const open = useAction(async (wanted: string | undefined) => {
    const wish = ++wishes.current;
    const found = await engine().call('disk.list', wanted === undefined ? {} : { path: wanted });
    if (wish !== wishes.current) return;
    setListing(found);
    onPath(found.path);
  });
  const make = useAction(async (parent: string, name: string) => {
    const made = await engine().call('disk.makeDirectory', { parent, name });
    setNewName(undefined);
    await open.run(made.path);
  });
  const { run } = open;
  useEffect(() => {
    void run(path === '' ? undefined : path);
    // Once, when it appears: afterwards it follows the clicks.
  }, []);
  const above = listing?.parent;
  return (
    <div className="stack">
      <TextField
        label={t('picker.path')}
        value={path}
        onChange={(typed) => {
          wishes.current += 1;
          onPath(typed);
        }}
        onBlur={() => {
          if (path !== '' && path !== listing?.path) void run(path);
        }}
        help={t('picker.help')}
        // Of one line, as the help is: nothing moves away under a click on the next button.
        wrong={open.error && t('picker.wrong')}
      />
      <div className="picker">
        <header>
          <IconButton
            icon={ArrowUp}
            label={t('picker.up')}
            isDisabled={above === undefined}
            onPress={() => void run(above)}
          />
          <IconButton icon={House} label={t('picker.home')} onPress={() => void run(listing?.home)} />
          <span className="spread ellipsis">{listing?.path ?? (open.isBusy ? t('common.loading') : '')}</span>
          <Button variant="quiet" icon={FolderPlus} onPress={() => setNewName('')}>
            {t('files.new-folder')}
          </Button>
        </header>
        <ListBox
          className="picker-list"
          aria-label={t('picker.list')}
          items={listing?.directories.map((directory) => ({ ...directory, id: directory.path })) ?? []}
          onAction={(key) => void run(String(key))}
          renderEmptyState={() => (listing === undefined ? null : <p className="side-hint">{t('picker.empty')}</p>)}
        >
          {({ id, name }) => (
            <ListBoxItem id={id} textValue={name} className="picker-item">
              <Folder className="icon" aria-hidden />
              <span className="ellipsis">{name}</span>
            </ListBoxItem>
          )}
        </ListBox>
      </div>
      {newName === undefined || listing === undefined ? null : (
        <div className="row">
          <div className="spread">
            <TextField label={t('new-folder.name')} value={newName} onChange={setNewName} autoFocus />
          </div>
          <Button size="large" onPress={() => setNewName(undefined)}>
            {t('common.cancel')}
          </Button>
          <Button
            size="large"
            isDisabled={newName.trim() === '' || make.isBusy}
            onPress={() => void make.run(listing.path, newName.trim())}
          >
            {t('new-folder.make')}
          </Button>
        </div>
      )}
      <ErrorNote error={make.error} />
    </div>
  );
}
