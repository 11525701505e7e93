import type { PickedFile } from '../../store/upload-queue.ts';

/** The files of an `<input type="file">`. */
export function filesOfInput(list: FileList | null): PickedFile[] {
  return [...(list ?? [])].map((file) => ({
    file,
    path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath,
  }));
}

export interface Dropped {
  readonly picked: readonly PickedFile[];
  /** Paths of files and folders that could not be read. */
  readonly unreadable: readonly string[];
}

/** What was dropped: files, and all files of dropped folders. One that can not be read does not keep the others away. */
export async function filesOfDrop(transfer: Pick<DataTransfer, 'items'>): Promise<Dropped> {
  // The entries are gone once the event is over, so they are all taken before anything is waited for.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const picked: PickedFile[] = [];
  const unreadable: string[] = [];
  const gather = async (entry: FileSystemEntry, above: string): Promise<void> => {
    const path = above + entry.name;
    try {
      if (isFile(entry)) picked.push({ file: await fileOf(entry), path });
      else for await (const child of childrenOf(entry as FileSystemDirectoryEntry)) await gather(child, `${path}/`);
    } catch {
      unreadable.push(path);
    }
  };
  for (const entry of entries) await gather(entry, '');
  return { picked, unreadable };
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

async function* childrenOf(directory: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry, void, undefined> {
  const reader = directory.createReader();
  for (;;) {
    // A reader gives a hundred at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    yield* some;
  }
}
