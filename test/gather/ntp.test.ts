/** A time server that answers, and one that limits how often. */

import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { describe, it } from 'node:test';
import { askNtp } from '../../src/gather/services/ntp.js';
import type { NtpSample } from '../../src/probes/ntp.js';

/** Answers so many questions, then with stratum 0 and a code, or not at all. */
async function asked(answers: number, then: string, ahead = 0): Promise<readonly NtpSample[]> {
  const socket = createSocket('udp4');
  let count = 0;
  socket.on('message', (packet, { port, address }) => {
    const answer = Buffer.alloc(48);
    const limited = count++ >= answers;
    if (limited && then === 'silent') return;
    answer[0] = (4 << 3) | 4;
    answer[1] = limited ? 0 : 2;
    if (limited) answer.write(then, 12, 'latin1');
    packet.copy(answer, 24, 40, 48);
    for (const at of [32, 40])
      answer.writeUInt32BE((Math.floor(Date.now() / 1000) + ahead + 2_208_988_800) % 2 ** 32, at);
    socket.send(answer, port, address);
  });
  await new Promise<void>((ready) => socket.bind(0, '127.0.0.1', ready));
  try {
    const answer = await askNtp(`127.0.0.1:${socket.address().port}`);
    assert.ok('stdout' in answer);
    return JSON.parse(answer.stdout) as NtpSample[];
  } finally {
    socket.close();
  }
}

describe('askNtp', () => {
  it('takes several samples', async () => assert.equal((await asked(9, 'silent')).length, 4));
  it('takes one from a server that refuses the next', async () => assert.equal((await asked(1, 'RATE')).length, 1));
  it('takes one from a server that drops the next', async () => assert.equal((await asked(1, 'silent')).length, 1));
  it('says that a server refuses', async () => assert.rejects(asked(0, 'RATE'), /refuses to answer \(RATE\)/));
  for (const code of ['INIT', 'STEP', ''])
    it(`does not take a server that is not synchronised for one that refuses: "${code}"`, async () =>
      assert.rejects(asked(0, code), /not synchronised/));
  it('reads the time of the era that begins in 2036', async () => {
    const ahead = Date.UTC(2036, 1, 8) / 1000 - Math.floor(Date.now() / 1000);
    const [sample] = await asked(1, 'silent', ahead);
    assert.ok(Math.abs(sample!.offset - ahead * 1000) < 2000, `${sample!.offset}`);
  });
});
