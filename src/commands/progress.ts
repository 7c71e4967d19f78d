/** Progress on standard error: live on a terminal, a few plain lines elsewhere. */

import { clip, columns, count, fold, groupBy, safe } from '../reporters/text.js';

export type State = 'waiting' | 'asking' | 'done' | 'failed';
/** Reports the state of a node or a service; `note` is the reason of a failure. */
export type Tell = (name: string, state: State, note?: string) => void;

interface Item {
  readonly state: State;
  readonly since: number;
  readonly tookMs: number;
  readonly note: string;
}

/** Everything a frame is made of. */
export interface NodeProgress {
  /** Nodes of all clusters of this run. */
  readonly total: number;
  /** Of clusters that were asked before. */
  readonly before: number;
  readonly nodes: ReadonlyMap<string, Item>;
  readonly services: ReadonlyMap<string, Item>;
  readonly interrupted: boolean;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 9950 ? 1 : 0)} s`;

/** Cut to what fits; a terminal would wrap it, and the next frame would be drawn in the wrong place. */
function fit(line: string, width: number): string {
  if (columns(line) <= width) return line;
  let used = 0;
  let end = 0;
  for (const char of line) {
    used += columns(char);
    if (used > width - 1) break;
    end += char.length;
  }
  return `${line.slice(0, end)}…`;
}

function stateOf({ state, since, tookMs, note }: Item, now: number): string {
  if (state === 'asking') return `asking ${Math.floor((now - since) / 1000)} s`;
  if (state === 'done') return `done ${seconds(tookMs)}`;
  return state === 'failed' ? `failed: ${safe(note)}` : 'waiting';
}

const unfinished = (items: Iterable<Item>): boolean =>
  [...items].some(({ state }) => state !== 'done' && state !== 'failed');

/** At most `rows` lines of at most `width` columns. */
export function frame(seen: NodeProgress, now: number, width: number, rows: number): string[] {
  const nodes = [...seen.nodes].map(([name, item]) => ({ name: safe(name), ...item }));
  const services = [...seen.services].map(([name, item]) => ({ name: safe(name), ...item }));
  const of = <T extends Item>(items: readonly T[], state: State): T[] => items.filter((item) => item.state === state);
  const done = seen.before + of(nodes, 'done').length + of(nodes, 'failed').length;
  const failed = of(nodes, 'failed').length;
  const head = [
    `[${done}/${Math.max(done, seen.total)}] nodes asked`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(of(nodes, 'asking').length > 0 ? [`${of(nodes, 'asking').length} being asked`] : []),
    ...(of(nodes, 'waiting').length > 0 ? [`${of(nodes, 'waiting').length} waiting`] : []),
    ...(unfinished(services) ? [`${count(services.length, 'service')} being asked`] : []),
    ...(seen.interrupted ? ['interrupted: ending (Ctrl-C again ends at once)'] : []),
  ].join(', ');
  // once services are asked, the nodes are only counted
  const shown = services.length > 0 ? services : nodes;
  const pad = Math.min(Math.max(0, ...shown.map(({ name }) => columns(name))), Math.max(8, Math.floor(width / 2)));
  const line = (name: string, text: string): string => {
    const short = fit(name, pad);
    return fit(`  ${short}${' '.repeat(pad - columns(short))}  ${text}`, width);
  };
  const room = Math.max(0, rows - 1);
  if (shown.length <= room) return [fit(head, width), ...shown.map((item) => line(item.name, stateOf(item, now)))];
  const lost = groupBy(of(shown, 'failed'), ({ note }) => note)
    .map((group) => fit(`  ${fold(group.map(({ name }) => name))} failed: ${safe(group[0]!.note)}`, width))
    .slice(0, Math.floor(room / 3));
  const slow = of(shown, 'asking')
    .sort((a, b) => a.since - b.since)
    .slice(0, room - lost.length)
    .map((item) => line(item.name, stateOf(item, now)));
  return [fit(head, width), ...lost, ...slow];
}

/** What the live picture needs of standard error. */
export interface Screen {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/**
 * Draws frames in place: the cursor rests below them, goes up and writes them anew. A terminal that became narrower has
 * wrapped the lines of the last frame, so they are counted by its width of now.
 */
export function painter(screen: Screen): {
  draw: (make: (width: number, rows: number) => string[]) => void;
  clear: () => void;
} {
  let drawn: readonly string[] = [];
  const height = (): number => {
    const width = screen.columns ?? 80;
    return drawn.reduce((n, line) => n + Math.max(1, Math.ceil(columns(line) / width)), 0);
  };
  const up = (): string => (drawn.length === 0 ? '' : `\r\x1b[${height()}A`);
  let size = '';
  return {
    draw(make) {
      const { columns: width = 80, rows = 24 } = screen;
      const lines = make(width - 1, rows - 1);
      if (size === `${width} ${rows}` && lines.join('\n') === drawn.join('\n')) return;
      screen.write(`${up()}${lines.map((line) => `${line}\x1b[K\n`).join('')}\x1b[J`);
      drawn = lines;
      size = `${width} ${rows}`;
    },
    clear() {
      // line by line: to clear from the first line of a screen on, some terminals keep it in their history
      if (drawn.length > 0) screen.write(`\r\x1b[J${up()}${'\x1b[K\n'.repeat(height())}${up()}`);
      drawn = [];
    },
  };
}

export interface RunProgress {
  readonly node: Tell;
  readonly service: Tell;
  readonly interrupted: () => void;
  /** Takes everything live off the screen. */
  readonly clear: () => void;
}

const EVERY_MS = 100;
const LONGEST_NOTE = 300;

/** `total`: nodes of all clusters of the run. Nothing at all with `quiet`. */
export function progress(total: number, quiet: boolean, stream: NodeJS.WriteStream = process.stderr): RunProgress {
  if (quiet) return { node() {}, service() {}, interrupted() {}, clear() {} };
  let before = 0;
  let interrupted = false;
  const nodes = new Map<string, Item>();
  const services = new Map<string, Item>();
  const put = (items: Map<string, Item>, name: string, state: State, note = ''): void => {
    const now = performance.now();
    const since = state === 'asking' ? now : (items.get(name)?.since ?? now);
    items.set(name, { state, since, tookMs: now - since, note: clip(note, LONGEST_NOTE) });
  };
  /** Names of the next cluster take the place of those of the last. */
  const begin = (): void => {
    if (nodes.size === 0 || unfinished(nodes.values())) return;
    before += nodes.size;
    nodes.clear();
    services.clear();
  };
  const finished = (): number =>
    before + [...nodes.values()].filter(({ state }) => state === 'done' || state === 'failed').length;
  if (stream.isTTY !== true || process.env.TERM === 'dumb') {
    const say = (text: string): void => void stream.write(`${text}\n`);
    const step = Math.max(10, 10 ** Math.floor(Math.log10(Math.max(1, total / 10))));
    return {
      node(name, state, note) {
        if (state === 'waiting') begin();
        put(nodes, name, state, note);
        if (state === 'failed') say(`${safe(name)}: ${safe(note ?? '')}`);
        const done = finished();
        if ((state === 'done' || state === 'failed') && (done === total || done % step === 0))
          say(`[${done}/${Math.max(done, total)}] nodes asked`);
      },
      service(name, state, note) {
        if (state === 'failed') say(`${safe(name)}: ${safe(note ?? '')}`);
      },
      interrupted: () => say('interrupted: ending; measured results are reported'),
      clear() {},
    };
  }
  const paint = painter(stream);
  let running: NodeJS.Timeout | undefined;
  const draw = (): void =>
    paint.draw((width, rows) => frame({ total, before, nodes, services, interrupted }, performance.now(), width, rows));
  const clear = (): void => {
    clearInterval(running);
    running = undefined;
    process.off('exit', clear);
    paint.clear();
  };
  const start = (): void => {
    if (running) return;
    running = setInterval(draw, EVERY_MS).unref();
    // even when the process ends early, no half a picture stays on the screen
    process.once('exit', clear);
  };
  return {
    node(name, state, note) {
      if (state === 'waiting') begin();
      put(nodes, name, state, note);
      start();
    },
    service(name, state, note) {
      put(services, name, state, note);
      start();
    },
    interrupted() {
      interrupted = true;
      if (running) draw();
    },
    clear,
  };
}
