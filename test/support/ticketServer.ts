/** What the ticket systems of the tests have in common: a server, its tickets, and what was written. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Ticket {
  readonly id: string;
  open: boolean;
  title: string;
  /** The description as it is stored. */
  text: string;
  readonly comments: string[];
  readonly labels: readonly string[];
  /** What no person sees, or the like. */
  hidden: unknown;
}

export interface TicketSystem {
  readonly url: string;
  readonly tickets: Ticket[];
  readonly env: Record<string, string>;
  /** Requests that changed something. */
  readonly writes: string[];
  /** Answers every listing with this status, or with this text and 200. */
  broken?: number | string | undefined;
  readonly stop: () => void;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  // a client's JSON, whatever it is
  // biome-ignore lint/suspicious/noExplicitAny: the fakes look at it field by field
  readonly body: any;
}

type Answer = readonly [status: number, body?: unknown];
export type Behaviour = (asked: Asked, system: TicketSystem) => Answer;

export const TOKEN = 't0ken "quoted\\ $HOME';
export const basic = (user: string): string => `Basic ${Buffer.from(`${user}:${TOKEN}`).toString('base64')}`;

/** What every one of them does: credentials, JSON in, JSON out, lists that fail when told to. */
export async function system(
  authorization: string,
  isList: (asked: Asked) => boolean,
  behaviour: Behaviour,
  env: (url: string) => Record<string, string>,
): Promise<TicketSystem> {
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (d) => (text += d));
    request.on('end', () => {
      const url = new URL(request.url!, 'http://x');
      const asked = { method: request.method!, path: url.pathname, query: url.searchParams, body: undefined };
      const answer = ((): Answer => {
        if (request.headers.authorization !== authorization) return [401, { message: 'Bad credentials' }];
        if (text !== '' && request.headers['content-type'] !== 'application/json') return [415];
        try {
          const whole = { ...asked, body: text === '' ? undefined : JSON.parse(text) };
          if (isList(whole) && typeof self.broken === 'number') return [self.broken, { error: 'broken' }];
          if (isList(whole) && self.broken !== undefined) return [200, self.broken];
          if (!isList(whole) && asked.method !== 'GET') self.writes.push(`${asked.method} ${asked.path}`);
          return behaviour(whole, self);
        } catch (error) {
          return [400, { message: (error as Error).message }];
        }
      })();
      response.writeHead(answer[0], { 'content-type': 'application/json' });
      response.end(
        typeof answer[1] === 'string' ? answer[1] : answer[1] === undefined ? '' : JSON.stringify(answer[1]),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const self: TicketSystem = { url, tickets: [], writes: [], env: env(url), stop: () => server.close() };
  return self;
}
