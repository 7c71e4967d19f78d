/** A TCP stream that begins on the node: by the connection's own forwarding, else relayed by bash on the node. */

import { Duplex } from 'node:stream';
import { type NodeConnection, type Shell, Unreachable } from './connection.js';

/** `/dev/tcp` is bash's; the marks separate our first byte from what a login shell printed. */
const relay = (host: string, port: number): string =>
  `command -v bash >/dev/null 2>&1 || { echo 'no bash' >&2; exit 127; }
exec bash --norc -c 'exec 3<>"/dev/tcp/$0/$1" || exit 1; printf "\\001up\\002"; cat <&3 & cat >&3; kill $! 2>/dev/null' '${host.replaceAll("'", '')}' ${port}
`;
const UP = Buffer.from('\u0001up\u0002');

function streamOf(shell: Shell): Duplex {
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      shell.write(chunk);
      done();
    },
    final(done) {
      shell.end();
      done();
    },
    destroy(error, done) {
      shell.kill();
      done(error);
    },
  });
  return stream;
}

function relayed(shell: Shell, host: string, port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    let up = false;
    let seen: Buffer = Buffer.alloc(0);
    let said = '';
    const stream = streamOf(shell);
    shell.onStderr((chunk) => {
      said = (said + chunk.toString('utf8')).slice(-400);
    });
    shell.onStdout((chunk) => {
      if (up) return void stream.push(chunk);
      seen = Buffer.concat([seen, chunk]);
      const at = seen.indexOf(UP);
      if (at < 0) return;
      up = true;
      resolve(stream);
      const rest = seen.subarray(at + UP.length);
      if (rest.length > 0) stream.push(rest);
    });
    void shell.closed.then(() => {
      if (up) stream.push(null);
      else reject(new Unreachable(`${host}:${port} cannot be reached from the node: ${reason(said)}`));
    });
    shell.write(relay(host, port));
  });
}

/** bash's own words, without the name of its script. */
const reason = (said: string): string =>
  said
    .trim()
    .split('\n')
    .at(-1)
    ?.replace(/^.*?: (?=[A-Z])/, '') || 'no answer';

/** Rejects with `Unreachable`. */
export async function tunnel(
  connection: NodeConnection,
  host: string,
  port: number,
  timeoutMs: number,
): Promise<Duplex> {
  const opening = (async () => {
    if (connection.forward) {
      try {
        return await connection.forward(host, port);
      } catch (error) {
        // AllowTcpForwarding no: the node's own bash may still
        if (!/forwarding is prohibited/.test((error as Error).message)) throw error;
      }
    }
    return relayed(await connection.shell(), host, port);
  })();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Unreachable(`${host}:${port} cannot be reached from the node: no answer in time`)),
      Math.min(timeoutMs, 10_000),
    );
  });
  try {
    return await Promise.race([opening, late]);
  } finally {
    clearTimeout(timer);
    opening.catch(() => {});
  }
}
