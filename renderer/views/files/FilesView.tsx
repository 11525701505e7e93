import './files.css';
import { FolderSearch } from 'lucide-react';
import { useRef, useState } from 'react';
import type { FolderInfo } from '../../../src/api/index.ts';
import { useText } from '../../i18n/index.ts';
import { openDialog, placeId, useApp } from '../../store/store.ts';
import { Button } from '../../ui/Button.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { BucketFiles } from './BucketFiles.tsx';

/** What is in a bucket. */
export function FilesView() {
  const t = useText();
  const place = useApp((state) => state.place);
  const folder = useFirstFolder();
  // Not told of what is taken away: so the next place knows that the focus was in the one before.
  const hasFocus = useRef(false);
  const shown = place ?? (folder && { account: folder.account, bucket: folder.bucket, prefix: folder.prefix });
  if (shown !== undefined) {
    return (
      <div
        style={{ display: 'contents' }}
        onFocus={() => {
          hasFocus.current = true;
        }}
        onBlur={() => {
          hasFocus.current = false;
        }}
      >
        <BucketFiles key={placeId(shown)} place={shown} hasFocus={hasFocus} />
      </div>
    );
  }
  return (
    <Empty icon={FolderSearch} title={t('files.choose')} text={t('files.choose.text')}>
      <Button variant="primary" onPress={() => openDialog({ kind: 'add-folder' })}>
        {t('side.add-folder')}
      </Button>
    </Empty>
  );
}

/** One of the synced folders, and the same one for as long as it is there, whichever others come before it. */
function useFirstFolder(): FolderInfo | undefined {
  const [id, setId] = useState<string>();
  const folders = useApp((state) => state.status?.folders);
  const { folder } = folders?.find((status) => status.folder.id === id) ?? folders?.[0] ?? {};
  if (folder?.id !== id) setId(folder?.id);
  return folder;
}
