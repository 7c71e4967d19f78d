/** A small SNTP client (RFC 4330): this machine's clock against a time server, with its error bound. */

import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Answer } from '../../model/evidence.js';
import type { NtpSample } from '../../probes/ntp.js';
import { nowMs } from '../lib/now.js';

const SAMPLES = 4;
const WAIT_MS = 2000;
/** Seconds from 1900, NTP's era, to 1970. */
const ERA = 2_208_988_800;

/** With these codes, or none, stratum 0 is that of a clock that is not synchronised; with others it is a refusal (RFC 5905, 7.3 and 7.4). */
const NOT_YET = new Set(['', 'INIT', 'STEP']);

/** From February 2036 on the seconds begin anew: without the first bit they are of the second era (RFC 4330, 3). */
function readTime(packet: Buffer, at: number): number {
  const seconds = packet.readUInt32BE(at);
  return (seconds - ERA + (seconds < 2 ** 31 ? 2 ** 32 : 0) + packet.readUInt32BE(at + 4) / 2 ** 32) * 1000;
}
const readShort = (packet: Buffer, at: number): number => (packet.readUInt32BE(at) / 65536) * 1000;

function exchange(host: string, port: number, signal?: AbortSignal): Promise<NtpSample> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    let over = false;
    const end = (act: () => void): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', interrupted);
      socket.close();
      act();
    };
    const interrupted = (): void => end(() => reject(new Error('interrupted')));
    signal?.addEventListener('abort', interrupted);
    const timer = setTimeout(
      () => end(() => reject(new Error(`no answer within ${WAIT_MS / 1000} s (is UDP port ${port} open?)`))),
      WAIT_MS,
    );
    // random instead of our time: only the server that received it can answer, and the time of this machine is not revealed
    const cookie = randomBytes(8);
    let sent = 0;
    // a second error has nobody left to hear it
    socket.on('error', (error) => end(() => reject(error)));
    socket.on('message', (packet) => {
      const received = nowMs();
      if (packet.length < 48 || !packet.subarray(24, 32).equals(cookie)) return;
      const [leap, mode, stratum] = [packet[0]! >> 6, packet[0]! & 7, packet[1]!];
      if (mode !== 4) return;
      const code = packet
        .subarray(12, 16)
        .toString('latin1')
        .replace(/[^A-Z]/g, '');
      if (stratum === 0)
        return end(() =>
          reject(new Error(NOT_YET.has(code) ? 'reports that it is not synchronised' : `refuses to answer (${code})`)),
        );
      const [t1, t2, t3, t4] = [sent, readTime(packet, 32), readTime(packet, 40), received];
      const delay = Math.max(0, t4 - t1 - (t3 - t2));
      const bound = delay / 2 + readShort(packet, 4) / 2 + readShort(packet, 8);
      end(() =>
        resolve({ offset: (t2 - t1 + (t3 - t4)) / 2, bound, stratum, unsynchronised: leap === 3 || stratum >= 16 }),
      );
    });
    if (signal?.aborted) return interrupted();
    socket.connect(port, host, () => {
      if (over) return;
      const packet = Buffer.alloc(48);
      packet[0] = (4 << 3) | 3;
      cookie.copy(packet, 40);
      sent = nowMs();
      socket.send(packet);
    });
  });
}

/**
 * `host` or `host:port`; the answer is a JSON list of samples. Rejects when the server gives none. A server that limits
 * how often it is asked (ntpd with `limited`) answers the first question only: that is an answer.
 */
export async function askNtp(server: string, signal?: AbortSignal): Promise<Answer> {
  const [, host = server, port = '123'] = /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(server) ?? [];
  const samples: NtpSample[] = [];
  for (let i = 0; i < SAMPLES; i++)
    try {
      samples.push(await exchange(host, Number(port), signal));
    } catch (error) {
      if (samples.length === 0 || signal?.aborted) throw error;
      break;
    }
  return { exit: 0, stdout: JSON.stringify(samples), stderr: '' };
}
