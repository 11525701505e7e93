import { parseChosen } from '../core/chosen.ts';
import type { FileSystem } from '../core/environment.ts';
import { PRIVATE_DIRECTORY } from '../core/paths.ts';
import type { FolderRow } from '../state/index.ts';
import { choose } from './choose.ts';
import type { EngineParts } from './engine-parts.ts';

/**
 * What of a folder is chosen is written into its root too, before anything of it is taken away. A database that is older than
 * the last choice, from a backup say, knows files that were taken away since and would take them for deleted; the note shows
 * that it is older.
 */
const NOTE_PATH = `${PRIVATE_DIRECTORY}/chosen.json`;

/** Room for thousands of paths; anything longer is not ours. */
const MAX_NOTE_BYTES = 4 * 1024 * 1024;

interface ChoiceNote {
  readonly folder: string;
  /** Of this choice, and of the one before it; null where nothing had ever been chosen. */
  readonly id: string;
  readonly before: string | null;
  /** Null for everything. */
  readonly chosen: readonly string[] | null;
}

/**
 * Writes down in the root that a choice is about to be made. It has been flushed to the disk when this resolves.
 *
 * @returns the choice's id, with which the database is to keep it.
 */
export async function noteChoice(
  { environment }: Pick<EngineParts, 'environment'>,
  folder: FolderRow,
  chosen: readonly string[] | undefined,
): Promise<string> {
  const id = environment.random.id(8);
  const note: ChoiceNote = { folder: folder.id, id, before: folder.choiceId ?? null, chosen: chosen ?? null };
  await environment.fs.writeText(folder.localRoot, NOTE_PATH, `${JSON.stringify(note)}\n`);
  return id;
}

/**
 * Holds the database against the note in the root. Where they differ the note is right. If it is of the very next choice, the
 * engine was killed in the middle of making it, and makes it now. Else the database is an older one, or the note is: nothing
 * that both sides are said to have agreed on can be believed then, so that nothing is deleted (safety rule 5), and equal files
 * are recognised.
 *
 * To be called when the root was proved, before anything of the folder is compared, and while no cycle of it is under way.
 *
 * @returns whether the choice is another one now.
 */
export async function settleChoice(parts: EngineParts, folder: FolderRow): Promise<boolean> {
  const { environment, state } = parts;
  const note = await readNote(environment.fs, folder);
  if (note === undefined) {
    // A root that came back without it, or a choice of before there were notes, is written down again.
    if (folder.chosen === undefined && folder.choiceId === undefined) return false;
    const id = await noteChoice(parts, folder, folder.chosen);
    state.folders.setChosen(folder.id, folder.chosen, id);
    return false;
  }
  if (note.id === folder.choiceId) return false;
  environment.log.warn('What is chosen of a folder is not what its root says: the root is believed', {
    folder: folder.id,
  });
  const chosen = note.chosen ?? undefined;
  if (note.before !== (folder.choiceId ?? null)) state.base.clear(folder.id);
  choose(parts, folder, chosen, note.id);
  return true;
}

async function readNote(fs: FileSystem, folder: FolderRow): Promise<ChoiceNote | undefined> {
  const text = await fs.readText(folder.localRoot, NOTE_PATH, MAX_NOTE_BYTES);
  const note = text === undefined ? undefined : parseNote(text);
  // The root of a folder that was removed and added again has the note of the one before.
  return note?.folder === folder.id ? note : undefined;
}

function parseNote(text: string): ChoiceNote | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { folder, id, before, chosen } = value as Partial<Record<keyof ChoiceNote, unknown>>;
  if (typeof folder !== 'string' || typeof id !== 'string') return undefined;
  const paths = Array.isArray(chosen) && chosen.every((path) => typeof path === 'string') ? chosen : undefined;
  if (paths !== undefined && 'refused' in parseChosen(paths)) return undefined;
  return { folder, id, before: typeof before === 'string' ? before : null, chosen: paths ?? null };
}
