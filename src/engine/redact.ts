import { PROBLEM_CODES } from '../core/problems.ts';

/** Signatures, credentials and passwords as they occur in headers, links and addresses. */
const SIGNED: readonly (readonly [RegExp, string])[] = [
  [/\b((?:X-Amz-)?(?:Signature|Credential|Security-Token)["']?\s*[=:]\s*)[^\s&"',<>]+/gi, '$1(removed)'],
  [/\b(Authorization["']?\s*[=:]\s*)[^\r\n"<>]+/gi, '$1(removed)'],
  [/(:\/\/)[^\s/@"']+@/g, '$1(removed)@'],
];

/** Text without anything that signs a request. */
export function withoutSigned(text: string): string {
  return SIGNED.reduce((clean, [pattern, instead]) => clean.replace(pattern, instead), text);
}

/** Keeps the keys of accounts out of texts, as they are and as they stand in links. */
export class SecretFilter {
  readonly #spellings: readonly string[];

  constructor(secrets: readonly string[]) {
    const all = secrets.flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);
    // The longest first, so that one that contains another is removed whole.
    this.#spellings = [...new Set(all)].filter((one) => one.length > 2).sort((a, b) => b.length - a.length);
  }

  clean(text: string): string {
    const unsigned = withoutSigned(text);
    return this.#spellings.reduce((clean, secret) => clean.replaceAll(secret, '(removed)'), unsigned);
  }
}

const CODES: ReadonlySet<string> = new Set(PROBLEM_CODES);

/**
 * A line of the log without names: when, how grave, its sentence (which is one of the program's own), and of what belongs to it
 * only numbers, known codes and the places in our own code. Texts of others can hold any name, so that none of them stays.
 */
export function withoutNames(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = Object.entries(record).map(([name, value]): [string, unknown] => {
    if (['at', 'level'].includes(name)) return [name, value];
    if (name === 'message' && typeof value === 'string') return [name, looksOwn(value) ? value : '(removed)'];
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) return [name, value];
    if (typeof value !== 'string') return [name, '(removed)'];
    if (CODES.has(value)) return [name, value];
    const frames = framesOf(value);
    return [name, frames.length > 0 ? frames : '(removed)'];
  });
  return Object.fromEntries(kept);
}

/** Sentences of the log are plain words: what has a path, an address, a file name or a number in it is none of them. */
function looksOwn(sentence: string): boolean {
  return /^[A-Za-z’';:, -]+\.?$/.test(sentence) && sentence.includes(' ');
}

/**
 * A file of ours by its place in the program, or one of a package or of Node. A directory above the program may be called
 * `main` or `src` too, and says something of its person.
 */
const KNOWN_PLACE =
  /(?<=[\\/])(?:src[\\/](?:[a-z]+[\\/]){1,2}|main[\\/](?:preload[\\/])?|dist[\\/]|node_modules[\\/](?:[\w@.-]+[\\/])+)[\w.-]+:\d+:\d+$|node:[\w/]+:\d+:\d+$/;

/** The places in our own code and in Node's that a stack trace names, without where the program lies. */
export function framesOf(stack: string): string[] {
  return [...stack.matchAll(/^\s+at (?:(?:async )?([\w.#<>$ [\]]{1,120}) \()?(.+?:\d+:\d+)\)?$/gm)].map((match) => {
    const place = KNOWN_PLACE.exec(match[2] ?? '');
    return `${match[1] ?? '(anonymous)'} ${place?.[0] ?? '(elsewhere)'}`;
  });
}
