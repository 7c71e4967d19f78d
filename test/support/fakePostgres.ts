/** A fake PostgreSQL server, hostile by choice: it asks for the password in every way there is, and keeps what it got. */

import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { forever, type Hostile, hostileServer } from './hostileServers.js';

const message = (type: string, body: Buffer | string = ''): Buffer => {
  const bytes = Buffer.from(body as string);
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(bytes.length + 4, 1);
  return Buffer.concat([head, bytes]);
};
const int = (n: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(n);
  return bytes;
};
const READY = Buffer.concat([message('R', int(0)), message('Z', 'I')]);
const NOTICE = message('N', 'SNOTICE\0C00000\0Mhello\0\0');

export type Asks =
  | 'clear text'
  | 'MD5'
  | 'SCRAM'
  | 'an unknown way'
  | 'notices without end'
  | 'a message of two gigabytes'
  | 'nothing'
  | 'notices after the login';

function scram(socket: Socket): void {
  const salt = randomBytes(16);
  socket.write(message('R', Buffer.concat([int(10), Buffer.from('SCRAM-SHA-256\0\0')])));
  socket.on('data', (data) => {
    const text = data.toString('latin1');
    const [, nonce] = /[ny],,n=[^,]*,r=(.+)$/s.exec(text) ?? [];
    if (nonce !== undefined) {
      socket.write(
        message('R', Buffer.concat([int(11), Buffer.from(`r=${nonce}x,s=${salt.toString('base64')},i=4096`)])),
      );
    } else if (text.includes('c=')) {
      // it can't prove that it knows the password, and says so all the same
      const key = createHmac('sha256', pbkdf2Sync('guess', salt, 4096, 32, 'sha256'))
        .update('Server Key')
        .digest();
      socket.write(
        message('R', Buffer.concat([int(12), Buffer.from(`v=${createHash('sha256').update(key).digest('base64')}`)])),
      );
      socket.write(READY);
    }
  });
}

/** Says no to TLS, then asks. */
export const fakePostgres = (asks: Asks): Promise<Hostile> =>
  hostileServer((socket, said) => {
    const act = (): void => {
      if (asks === 'clear text') socket.write(message('R', int(3)));
      else if (asks === 'MD5') socket.write(message('R', Buffer.concat([int(5), randomBytes(4)])));
      else if (asks === 'an unknown way') socket.write(message('R', int(99)));
      else if (asks === 'SCRAM') scram(socket);
      else if (asks === 'notices without end') forever(socket, NOTICE);
      else if (asks === 'a message of two gigabytes') {
        socket.write(Buffer.concat([Buffer.from('N'), int(2 ** 31 - 1)]));
        forever(socket, Buffer.alloc(65_536));
      } else if (asks === 'notices after the login') {
        socket.write(READY);
        socket.once('data', () => forever(socket, NOTICE));
      }
    };
    // an SSLRequest is 8 bytes long
    if (said.length === 8) {
      socket.write('N');
      socket.once('data', act);
    } else act();
  });
