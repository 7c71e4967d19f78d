/** Headless Chromium over the DevTools protocol, by pipe: enough to load a page, ask it, type, look at it and print it. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
/** The program, where one is installed. */
export const chromium = NAMES.find((name) => spawnSync(name, ['--version']).status === 0);

const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--hide-scrollbars'],
];

type Params = Record<string, unknown>;
interface Message {
  id?: number;
  method?: string;
  params?: Params;
  result?: Params;
  error?: { message: string };
}

export interface View {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  readonly script?: boolean;
}

/** One page of one browser. */
export class Browser {
  private readonly folder = mkdtempSync(join(tmpdir(), 'ha-preflight-chromium-'));
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, (message: Message) => void>();
  private next = 1;
  private session: string | undefined;
  /** Everything the page complained of: exceptions, refused styles and scripts, what was not loaded. */
  readonly complaints: string[] = [];
  private loaded: () => void = () => {};

  constructor() {
    this.child = spawn(chromium!, [...FLAGS, `--user-data-dir=${this.folder}`, '--remote-debugging-pipe'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    let rest = '';
    this.child.stdio[4]!.on('data', (data) => {
      const parts = (rest + data).split('\0');
      rest = parts.pop()!;
      for (const part of parts) this.hear(JSON.parse(part) as Message);
    });
  }

  private hear(message: Message): void {
    if (message.id !== undefined) this.waiting.get(message.id)?.(message);
    else if (message.method === 'Page.loadEventFired') this.loaded();
    else if (message.method === 'Runtime.exceptionThrown' || message.method === 'Log.entryAdded')
      this.complaints.push(JSON.stringify(message.params));
  }

  async send(method: string, params: Params = {}): Promise<Params> {
    const id = this.next++;
    const answer = new Promise<Message>((resolve) => this.waiting.set(id, resolve));
    const to = this.session === undefined ? {} : { sessionId: this.session };
    (this.child.stdio[3] as NodeJS.WritableStream).write(`${JSON.stringify({ id, method, params, ...to })}\0`);
    const { result, error } = await answer;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result!;
  }

  async open(url: string, { width = 1280, height = 900, dark = false, script = true }: View = {}): Promise<void> {
    if (this.session === undefined) {
      const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
      this.session = (await this.send('Target.attachToTarget', { targetId, flatten: true })).sessionId as string;
      for (const domain of ['Page', 'Runtime', 'Log', 'Accessibility']) await this.send(`${domain}.enable`);
    }
    this.complaints.length = 0;
    await this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
    const features = [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }];
    await this.send('Emulation.setEmulatedMedia', { media: '', features });
    await this.send('Emulation.setScriptExecutionDisabled', { value: !script });
    const done = new Promise<void>((resolve) => (this.loaded = resolve));
    await this.send('Page.navigate', { url });
    await done;
  }

  /** Value of an expression in the page. */
  async eval<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: T }).value;
  }

  /** A key as the keyboard sends it; `text` for one that writes. */
  async press(key: string, text = key.length === 1 ? key : key === 'Enter' ? '\r' : undefined): Promise<void> {
    const codes: Record<string, number> = { Tab: 9, Enter: 13, ' ': 32, End: 35, Home: 36, ArrowRight: 39 };
    const event = { key, windowsVirtualKeyCode: codes[key] ?? key.toUpperCase().charCodeAt(0) };
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', ...event, ...(text !== undefined && { text }) });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  }

  async picture(whole = false): Promise<Buffer> {
    const { data } = await this.send('Page.captureScreenshot', {
      captureBeyondViewport: whole,
      ...(whole && { clip: await this.whole() }),
    });
    return Buffer.from(data as string, 'base64');
  }

  private async whole(): Promise<Params> {
    const { cssContentSize } = await this.send('Page.getLayoutMetrics');
    const { width, height } = cssContentSize as { width: number; height: number };
    return { x: 0, y: 0, width, height: Math.min(height, 8000), scale: 1 };
  }

  async print(): Promise<Buffer> {
    return Buffer.from(
      (await this.send('Page.printToPDF', { printBackground: true, preferCSSPageSize: true })).data as string,
      'base64',
    );
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('close', resolve));
    this.child.kill();
    await ended;
    // its other processes may write for a moment longer
    for (let tries = 0; ; tries++)
      try {
        return rmSync(this.folder, { recursive: true, force: true });
      } catch (error) {
        if (tries === 50) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
  }
}
