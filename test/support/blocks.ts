/** In the place of node:test, for `npm run mutation`: what a file of tests says is kept, to be run as often as there are mutants. */

type Body = () => unknown;
type Said = [name: string, body: Body] | [name: string, options: { readonly skip?: unknown }, body: Body];

let kept: Body[] = [];

/** What has been said since this was asked last. */
export function taken(): readonly Body[] {
  const blocks = kept;
  kept = [];
  return blocks;
}

/** Runs blocks one after the other, bodies of `describe` included; throws what the first failure throws. */
async function all(blocks: readonly Body[]): Promise<void> {
  for (const block of blocks) await block();
}

export const runBlocks = all;

export function it(...said: Said): void {
  const options = said.length === 3 ? said[1] : {};
  if (!options.skip) kept.push(said.at(-1) as Body);
}

export const test = it;

/** At the end of the process: the next mutant needs what a test made for itself, too. */
export function after(body: () => void): void {
  process.once('exit', body);
}

export function describe(...said: Said): void {
  const body = said.at(-1) as Body;
  kept.push(async () => {
    const outside = taken();
    await body();
    const inside = taken();
    kept = [...outside];
    await all(inside);
  });
}
