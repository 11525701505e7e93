import { SyncError } from '../core/errors.ts';

/** Where a part of a text begins and ends. */
interface Span {
  readonly start: number;
  readonly end: number;
}

const TOKEN =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<![^>]*>|<(\/?)([\w:.-]+)((?:"[^"]*"|'[^']*'|[^"'>])*)>/g;

/**
 * Takes the action with this id out of Thunar's file, and puts another in its place, or at the end. Every other character
 * stays as it is: the actions in it are those of a person.
 *
 * @param action the new element, or undefined for none.
 * @throws SyncError not-supported when the text is no list of actions.
 */
export function replaceAction(text: string, id: string, action: string | undefined): string {
  const { actions, end } = findActions(text);
  const mine = actions.filter((span) => hasId(text.slice(span.start, span.end), id));
  if (mine.length === 0) return action === undefined ? text : `${text.slice(0, end)}${action}\n${text.slice(end)}`;
  return mine.toReversed().reduce((left, span, index) => {
    const isFirst = index === mine.length - 1;
    if (action !== undefined && isFirst) return left.slice(0, span.start) + action + left.slice(span.end);
    return left.slice(0, span.start) + left.slice(span.end).replace(/^[ \t]*\n/, '');
  }, text);
}

/** The action with this id, or undefined. @throws SyncError not-supported when the text is no list of actions. */
export function findAction(text: string, id: string): string | undefined {
  return findActions(text)
    .actions.map(({ start, end }) => text.slice(start, end))
    .find((action) => hasId(action, id));
}

/** Whether a list holds any action. @throws SyncError not-supported when the text is no list of actions. */
export function hasActions(text: string): boolean {
  return findActions(text).actions.length > 0;
}

function hasId(action: string, id: string): boolean {
  return /<unique-id>\s*([^<]*?)\s*<\/unique-id>/.exec(action)?.[1] === id;
}

/** The actions, and where the list ends. */
function findActions(text: string): { readonly actions: readonly Span[]; readonly end: number } {
  const actions: Span[] = [];
  const open: { readonly name: string; readonly start: number }[] = [];
  let end: number | undefined;
  for (const { 0: token, 1: slash, 2: name, 3: rest = '', index } of text.matchAll(TOKEN)) {
    if (name === undefined) continue;
    if (end !== undefined) throw notUnderstood();
    if (slash === '/') {
      const begun = open.pop();
      if (begun?.name !== name) throw notUnderstood();
      if (open.length === 1 && name === 'action') actions.push({ start: begun.start, end: index + token.length });
      if (open.length === 0) end = index;
    } else {
      if (open.length === 0 && name !== 'actions') throw notUnderstood();
      if (!rest.endsWith('/')) open.push({ name, start: index });
    }
  }
  if (end === undefined) throw notUnderstood();
  return { actions, end };
}

function notUnderstood(): SyncError {
  return new SyncError({
    code: 'not-supported',
    message: 'Thunar’s file of custom actions is not of the form that RustFS Sync knows. It was left as it is.',
    advice: 'Open “Configure custom actions” in Thunar, save, and try again.',
  });
}
