/** Servers that do what no server should; each is a stand-in on 127.0.0.1, and none ever ends by itself. */

import { createServer, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

export interface Hostile {
  readonly port: number;
  /** Bytes that clients sent. */
  readonly heard: () => string;
  readonly stop: () => void;
}

/** `act` gets each connection, and the first bytes of its client. */
export async function hostileServer(act: (socket: Socket, said: Buffer) => void): Promise<Hostile> {
  const sockets = new Set<Socket>();
  const heard: string[] = [];
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (said) => heard.push(said.toString('latin1')));
    socket.once('data', (said) => act(socket, said));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    heard: () => heard.join(''),
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Writes the same for ever, as fast as the reader takes it, or with a pause. */
export function forever(socket: Socket, chunk: string | Buffer, pauseMs = 0): void {
  const more = (): void => {
    if (socket.destroyed) return;
    if (pauseMs > 0) {
      socket.write(chunk);
      setTimeout(more, pauseMs);
    } else socket.write(chunk, () => setImmediate(more));
  };
  more();
}

const OK = 'HTTP/1.1 200 OK\r\n';

/** What an HTTP server can do to its client, by name. */
export const HTTP_ATTACKS: Readonly<Record<string, (socket: Socket) => void>> = {
  'switches protocols': (s) =>
    void s.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'),
  'switches protocols and closes': (s) =>
    void s.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
  'answers 100 without end': (s) => forever(s, 'HTTP/1.1 100 Continue\r\n\r\n'),
  'answers 103 slowly, without end': (s) => forever(s, 'HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n', 200),
  'sends headers without end': (s) => {
    s.write(OK);
    forever(s, `x-${'a'.repeat(200)}: b\r\n`);
  },
  'sends one header without end': (s) => {
    s.write(`${OK}x-a: `);
    forever(s, 'a'.repeat(1000));
  },
  'sends a body without end': (s) => {
    s.write(`${OK}content-type: text/html\r\n\r\n`);
    forever(s, 'a'.repeat(65_536));
  },
  'sends one byte at a time': (s) => {
    s.write(OK);
    forever(s, 'x', 100);
  },
  'says nothing': () => {},
  'closes at once': (s) => void s.destroy(),
  'half-closes and says nothing': (s) => void s.end(),
  'promises more than it sends': (s) => void s.write(`${OK}content-length: 1000000000\r\n\r\nshort`),
  'sends a gzip bomb': (s) => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    s.write(`${OK}content-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`);
    s.end(bomb);
  },
  'sets thousands of cookies': (s) => void s.end(`${OK}${'set-cookie: a=b\r\n'.repeat(900)}\r\n`),
  'sends chunks of nothing': (s) => {
    s.write(`${OK}transfer-encoding: chunked\r\n\r\n`);
    forever(s, '1\r\na\r\n', 50);
  },
  'sends garbage': (s) => void s.end(Buffer.alloc(5000, 0xff)),
};
