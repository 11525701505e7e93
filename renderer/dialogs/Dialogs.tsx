import './dialogs.css';
import { useApp } from '../store/store.ts';
import type { DialogState } from '../store/types.ts';
import { AddAccountDialog, AddFolderDialog } from './AddDialogs.tsx';
import { BucketDialog } from './BucketDialog.tsx';
import { DeleteBucketDialog, NewBucketDialog } from './BucketDialogs.tsx';
import { DeleteDialog } from './DeleteDialog.tsx';
import { EditAccountDialog } from './EditAccountDialog.tsx';
import { EmptyTrashDialog } from './EmptyTrashDialog.tsx';
import { EndSharesDialog } from './EndSharesDialog.tsx';
import { HeldDialog } from './HeldDialog.tsx';
import { LeftoversDialog } from './LeftoversDialog.tsx';
import { NewFolderDialog, RenameDialog } from './NameDialogs.tsx';
import { PropertiesDialog } from './PropertiesDialog.tsx';
import { CancelTransfersDialog, RemoveAccountDialog, RemoveFolderDialog } from './RemoveDialogs.tsx';
import { RenameFolderDialog } from './RenameFolderDialog.tsx';
import { ResolveDialog } from './ResolveDialog.tsx';
import { RestoreAtDialog } from './RestoreAtDialog.tsx';
import { SelectDialog } from './select/SelectDialog.tsx';
import { ShareDialog } from './ShareDialog.tsx';
import { Shared } from './ShareMade.tsx';
import { TrashDialog } from './TrashDialog.tsx';
import { VersionsDialog } from './VersionsDialog.tsx';

/** The dialog that is open, if one is. */
export function Dialogs() {
  const dialog = useApp((state) => state.dialog);
  return dialog === undefined ? null : <Open dialog={dialog} />;
}

function Open({ dialog }: { readonly dialog: DialogState }) {
  switch (dialog.kind) {
    case 'share':
      return <ShareDialog {...dialog} />;
    case 'shared':
      return <Shared {...dialog} />;
    case 'end-shares':
      return <EndSharesDialog {...dialog} />;
    case 'delete':
      return <DeleteDialog {...dialog} />;
    case 'new-folder':
      return <NewFolderDialog {...dialog} />;
    case 'rename':
      return <RenameDialog {...dialog} />;
    case 'rename-folder':
      return <RenameFolderDialog {...dialog} />;
    case 'properties':
      return <PropertiesDialog {...dialog} />;
    case 'remove-leftovers':
      return <LeftoversDialog {...dialog} />;
    case 'select':
      return <SelectDialog {...dialog} />;
    case 'versions':
      return <VersionsDialog {...dialog} />;
    case 'restore-at':
      return <RestoreAtDialog {...dialog} />;
    case 'trash':
      return <TrashDialog {...dialog} />;
    case 'empty-trash':
      return <EmptyTrashDialog {...dialog} />;
    case 'bucket':
      return <BucketDialog {...dialog} />;
    case 'new-bucket':
      return <NewBucketDialog {...dialog} />;
    case 'delete-bucket':
      return <DeleteBucketDialog {...dialog} />;
    case 'add-account':
      return <AddAccountDialog />;
    case 'edit-account':
      return <EditAccountDialog {...dialog} />;
    case 'remove-account':
      return <RemoveAccountDialog {...dialog} />;
    case 'add-folder':
      return <AddFolderDialog {...dialog} />;
    case 'remove-folder':
      return <RemoveFolderDialog {...dialog} />;
    case 'resolve':
      return <ResolveDialog {...dialog} />;
    case 'cancel-transfers':
      return <CancelTransfersDialog {...dialog} />;
    case 'held':
      return <HeldDialog {...dialog} />;
  }
}
