import type { FolderStatus } from '../../../src/api/index.ts';
import { useFormats } from '../../i18n/format.ts';
import { useText } from '../../i18n/index.ts';

/** Why the brake holds a plan, in one sentence. */
export function useHoldText({ hold }: FolderStatus): string {
  const t = useText();
  const { number } = useFormats();
  if (hold === undefined) return '';
  return t(`held.${hold.reason}`, {
    count: hold.known,
    known: number(hold.known),
    deletions: number(hold.deletions),
    replacements: number(hold.replacements),
  });
}
