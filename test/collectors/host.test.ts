import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { host } from '../../src/collectors/host.js';

const asking = { cluster: undefined as never, node: '' };
const answer = (arch: string) => ({ exit: 0, stdout: `=name n1\n=arch ${arch}\n=machine 1\nID=debian\n`, stderr: '' });

describe('the architecture of a node', () => {
  for (const [arch, expected] of [
    ['amd64', 'x86_64'],
    ['arm64', 'aarch64'],
    ['ppc64el', 'ppc64le'],
    ['x86_64', 'x86_64'],
    ['s390x', 's390x'],
  ] as const)
    it(`${arch}, by dpkg or by the kernel`, () => {
      assert.equal(host.parse({ identity: answer(arch) }, asking, undefined as never).architecture, expected);
    });
});
