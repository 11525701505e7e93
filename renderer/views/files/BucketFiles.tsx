import { FolderOpen, FolderPlus, RotateCw, SearchX, Share2, Upload } from 'lucide-react';
import { useCallback, useMemo, useRef, useState, type RefObject } from 'react';
import type { PageItem } from '../../../src/api/index.ts';
import { useFormats } from '../../i18n/format.ts';
import { useText } from '../../i18n/index.ts';
import { useNow } from '../../i18n/use-now.ts';
import { goTo, openDialog } from '../../store/store.ts';
import type { Place } from '../../store/types.ts';
import { handUploads } from '../../store/uploads.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { Empty, Loading } from '../../ui/Empty.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { SearchField } from '../../ui/Field.tsx';
import { VirtualGrid } from '../../ui/grid/VirtualGrid.tsx';
import { fileColumns } from './columns.tsx';
import { DropArea } from './DropArea.tsx';
import { nameOf, parentOf } from './names.ts';
import { filesOfInput } from './picked-files.ts';
import { PlaceMenu } from './PlaceMenu.tsx';
import { Trail } from './Trail.tsx';
import { useFileActions, useFileMenu } from './use-file-menu.ts';
import { useFreshListing } from './use-fresh-listing.ts';
import { useListing } from './use-listing.ts';
import { useInSight } from './use-in-sight.ts';
import { useStates } from './use-states.ts';
import { useVersionCounts, useVersioning } from './use-versions.ts';

const keyOf = ({ key }: PageItem) => key;

/** One place of a bucket: its items with their states, and what can be done with them. */
export function BucketFiles({ place, hasFocus }: { readonly place: Place; readonly hasFocus: RefObject<boolean> }) {
  const t = useText();
  const formats = useFormats();
  const nowMs = useNow(10_000);
  const listing = useListing(place);
  useFreshListing(place, listing);
  const [wanted, setWanted] = useState('');
  const [chosen, setChosen] = useState<readonly PageItem[]>([]);
  const items = useMemo(() => {
    const text = wanted.trim().toLowerCase();
    return text === ''
      ? listing.items
      : listing.items.filter((item) => nameOf(item, place).toLowerCase().includes(text));
  }, [listing.items, wanted, place]);
  const { inSight, onRange } = useInSight(items);
  const states = useStates(place, inSight);
  const versioning = useVersioning(place);
  const keepsVersions = versioning === 'enabled' || versioning === 'suspended';
  const counts = useVersionCounts(place, inSight, keepsVersions);
  const versions = keepsVersions ? counts : undefined;
  const actions = useFileActions(place, states);
  const menu = useFileMenu(actions, keepsVersions);
  const columns = useMemo(
    () => fileColumns({ t, formats, place, states, versions, nowMs }),
    [t, formats, place, states, versions, nowMs],
  );
  const nameOfItem = useCallback((item: PageItem) => nameOf(item, place), [place]);
  const above = parentOf(place);
  const onlyChosen = chosen.length === 1 ? chosen[0] : undefined;
  return (
    <>
      <div className="toolbar">
        <Trail place={place} />
        <SearchField label={t('files.search')} value={wanted} onChange={setWanted} />
        <div className="tools">
          <IconButton icon={RotateCw} label={t('common.reload')} onPress={listing.reload} />
          <IconButton
            icon={FolderPlus}
            label={t('files.new-folder')}
            onPress={() => openDialog({ kind: 'new-folder', place })}
          />
          <IconButton
            icon={Share2}
            label={t('files.share')}
            isDisabled={onlyChosen === undefined}
            onPress={() => {
              if (onlyChosen !== undefined) actions.share(onlyChosen);
            }}
          />
          <PlaceMenu place={place} versioning={versioning} />
          <UploadButton place={place} />
        </div>
      </div>
      <DropArea place={place}>
        <ErrorArea listing={listing} />
        <VirtualGrid
          label={t('files.list', { name: place.bucket })}
          columns={columns}
          rows={items}
          keyOf={keyOf}
          nameOf={nameOfItem}
          onOpen={actions.open}
          onDelete={actions.remove}
          onRename={actions.rename}
          {...(above !== undefined && { onBack: () => goTo(above) })}
          menu={menu}
          menuLabel={t('files.actions')}
          onEnd={listing.more}
          onRange={onRange}
          onSelection={setChosen}
          hasFocus={hasFocus}
          empty={<Nothing listing={listing} place={place} wanted={wanted} />}
        />
        {items.length === 0 ? null : (
          <div className="list-foot numeric" role="status">
            {listing.isComplete
              ? t('files.count', { count: items.length, items: formats.number(items.length) })
              : t('files.count-more', { count: items.length, items: formats.number(items.length) })}
            {chosen.length > 1
              ? ` · ${t('files.chosen', { count: chosen.length, items: formats.number(chosen.length) })}`
              : ''}
          </div>
        )}
      </DropArea>
    </>
  );
}

type ListingProps = { readonly listing: ReturnType<typeof useListing> };

function ErrorArea({ listing: { error, reload } }: ListingProps) {
  const t = useText();
  if (error === undefined) return null;
  return (
    <div className="page" style={{ flex: 'none' }}>
      <ErrorNote error={error}>
        <p className="row">
          <Button onPress={reload}>{t('common.try-again')}</Button>
        </p>
      </ErrorNote>
    </div>
  );
}

function Nothing({ listing, place, wanted }: ListingProps & { readonly place: Place; readonly wanted: string }) {
  const t = useText();
  if (listing.error !== undefined) return null;
  if (listing.isLoading && listing.items.length === 0) return <Loading text={t('files.loading')} />;
  if (wanted !== '') {
    const text = listing.isComplete ? t('files.not-found.text') : t('files.not-found-yet.text');
    return <Empty icon={SearchX} title={t('files.not-found', { text: wanted })} text={text} />;
  }
  return (
    <Empty icon={FolderOpen} title={t('files.empty')} text={t('files.empty.text')}>
      <Button icon={FolderPlus} onPress={() => openDialog({ kind: 'new-folder', place })}>
        {t('files.new-folder')}
      </Button>
    </Empty>
  );
}

function UploadButton({ place }: { readonly place: Place }) {
  const t = useText();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t('files.upload')}
        onChange={(event) => {
          const picked = filesOfInput(event.target.files);
          if (picked.length > 0) handUploads.add(place, picked);
          // The same file can be picked again.
          event.target.value = '';
        }}
      />
      <Button variant="primary" icon={Upload} onPress={() => input.current?.click()}>
        <span className="label">{t('files.upload')}</span>
      </Button>
    </>
  );
}
