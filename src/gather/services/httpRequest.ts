/**
 * One GET, with an end: whatever a server does (switch protocols, send headers or bytes without end, one byte a second,
 * close without a word), there is an answer within the time.
 */

import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { oneLine } from '../lib/oneLine.js';

export const TIMEOUT_MS = 5000;
export const MOST_BYTES = 64 * 1024;
/** Answers of status 1xx before the real one. */
const MOST_INFORMATION = 16;

export interface Got {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** The beginning of the body; absent: it did not end in time. */
  readonly body?: Buffer;
}

export interface NotGot {
  readonly error: string;
  readonly code: string;
}

const sentence = (error: NodeJS.ErrnoException): NotGot => ({
  // OpenSSL's messages begin with the number of a thread
  error: oneLine((error.message || String(error.code)).replace(/\b[0-9A-F]{8,16}:error:/, '')),
  code: error.code ?? 'error',
});

/** Never rejects. Node's HTTP is loaded only here: it takes as long as all that a run without it loads of Node. */
export async function getOnce(
  url: URL,
  options: {
    readonly headers: Readonly<Record<string, string>>;
    readonly trust: boolean;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Got | NotGot> {
  const { headers, trust, signal } = options;
  const { request } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'));
  return new Promise((resolve) => {
    let settled = false;
    let response: IncomingMessage | undefined;
    const parts: Buffer[] = [];
    let size = 0;
    let asked: ClientRequest | undefined;
    const end = (answer: Got | NotGot): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', interrupted);
      resolve(answer);
      asked?.destroy();
    };
    const done = (whole: boolean): void =>
      end({
        status: response!.statusCode!,
        headers: response!.headers,
        ...(whole && { body: Buffer.concat(parts).subarray(0, MOST_BYTES) }),
      });
    /** What has arrived is kept: a status is an answer, although its body does not end. */
    const failed = (why: NotGot): void => (response ? done(false) : end(why));
    const interrupted = (): void => failed({ error: 'interrupted', code: 'interrupted' });
    const timer = setTimeout(
      () => failed({ error: `no answer in ${TIMEOUT_MS / 1000} s`, code: 'timeout' }),
      TIMEOUT_MS,
    );
    signal?.addEventListener('abort', interrupted);
    if (signal?.aborted) return interrupted();
    const settings: RequestOptions & { rejectUnauthorized: boolean } = {
      method: 'GET',
      agent: false,
      rejectUnauthorized: trust,
      headers: { 'user-agent': 'ha-preflight', accept: '*/*', connection: 'close', ...headers },
    };
    try {
      asked = request(url, settings, (res) => {
        response = res;
        res.on('data', (part: Buffer) => {
          parts.push(part);
          size += part.length;
          if (size >= MOST_BYTES) done(true);
        });
        res.on('end', () => done(true));
        res.on('error', () => done(false));
        res.on('aborted', () => done(false));
      });
    } catch (error) {
      // a cookie or a name that no request can carry
      return failed(sentence(error as Error));
    }
    let information = 0;
    asked.on('information', () => {
      if (++information > MOST_INFORMATION)
        failed({ error: `more than ${MOST_INFORMATION} answers of status 1xx`, code: 'information' });
    });
    // without these two listeners node:http closes the socket and says nothing
    for (const event of ['upgrade', 'connect'] as const)
      asked.on(event, (res: IncomingMessage, socket) => {
        socket.on('error', () => {}).destroy();
        failed({ error: `answered ${res.statusCode} to a plain GET: the protocol was switched`, code: 'upgrade' });
      });
    asked.on('error', (error) => failed(sentence(error)));
    asked.on('close', () => failed({ error: 'closed the connection without an answer', code: 'closed' }));
    asked.end();
  });
}
