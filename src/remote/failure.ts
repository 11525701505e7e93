import type { IncomingHttpHeaders } from 'node:http';

/** An answer that says no, as the server worded it: the one form in which every refusal reaches `errors.ts`. */
export class S3Failure extends Error {
  override readonly name = 'S3Failure';
  readonly status: number;
  /** The server's error code; empty where it gave none (every answer to HEAD, anything that is not S3). */
  readonly code: string;
  readonly requestId: string;
  /** The region that the server names, in a header or in words. */
  readonly region: string | undefined;
  /** The server's clock, from its error text or its Date header, in milliseconds since 1970. */
  readonly serverTimeMs: number | undefined;
  /** Whether the answer has the form of S3's error answers at all. */
  readonly isS3: boolean;

  constructor(status: number, headers: IncomingHttpHeaders, body: string) {
    const tag = (name: string) => readTag(body, name);
    const code = tag('Code') ?? headerOf(headers, 'x-minio-error-code') ?? '';
    super(tag('Message') ?? headerOf(headers, 'x-minio-error-desc') ?? plainWords(body));
    this.status = status;
    this.code = code;
    this.requestId = tag('RequestId') ?? headerOf(headers, 'x-amz-request-id') ?? '';
    this.region =
      headerOf(headers, 'x-amz-bucket-region') ?? tag('Region') ?? /expecting '([^']+)'/.exec(this.message)?.[1];
    this.serverTimeMs = parseTime(tag('ServerTime')) ?? parseTime(headers.date);
    this.isS3 = code !== '' || this.requestId !== '' || (body.trim() === '' && !isHtml(headers));
  }
}

/** Whether an answer calls itself a web page. */
export function isHtml(headers: IncomingHttpHeaders): boolean {
  return /^\s*(text\/html|application\/xhtml)/i.test(headers['content-type'] ?? '');
}

/** Whether the body of a successful answer is an error after all, as copying and completing may send it. */
export function isErrorBody(body: string): boolean {
  return /^\s*(<\?xml[^>]*\?>\s*)?<Error[\s>]/.test(body);
}

/** What a server that is no S3 said, where it is a line of text. */
function plainWords(body: string): string {
  const text = body.trim();
  return text.startsWith('<') ? '' : text.slice(0, 200);
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The text of the first element of that name. Error answers are flat, so that no parser is needed. */
function readTag(body: string, name: string): string | undefined {
  const start = body.indexOf(`<${name}>`);
  if (start === -1) return undefined;
  const end = body.indexOf(`</${name}>`, start);
  return end === -1 ? undefined : decodeEntities(body.slice(start + name.length + 2, end)).trim();
}

function decodeEntities(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

function parseTime(text: string | undefined): number | undefined {
  const timeMs = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
