/** The HTML report in a real browser: it loads without a complaint, is used by keyboard, read by all, and printed. */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Report, Reports } from '../../src/model/report.js';
import { reporters } from '../../src/reporters/index.js';
import { Browser, chromium, type View } from '../support/browser.js';
import { hostile } from './hostile.js';
import { broken, clean, differing, large, several } from './reports.js';

/** Contrast of every piece of text with what lies behind it, the worst first. */
const CONTRASTS = `(() => {
  const parts = (color) => { const c = color.match(/[\\d.]+/g).map(Number); return c.length < 4 ? [...c, 1] : c; };
  const light = (c) => { const [r, g, b] = c.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = (el) => { for (let e = el; e; e = e.parentElement) { const c = parts(getComputedStyle(e).backgroundColor); if (c[3] > 0) return c; } return [255, 255, 255, 1]; };
  const found = new Map();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const el = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !el.checkVisibility() || el.closest('script')) continue;
    const style = getComputedStyle(el);
    const [a, b] = [light(parts(style.color)), light(behind(el))].sort((x, y) => y - x);
    found.set(el.tagName + '.' + el.className + ' in .' + el.parentElement.className, (a + 0.05) / (b + 0.05));
  }
  return [...found].sort((x, y) => x[1] - y[1]);
})()`;

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const skip = chromium === undefined && process.env.CI !== 'true' ? 'Chromium is not installed (apt: chromium)' : false;

describe('the HTML report in Chromium', { skip }, () => {
  let browser: Browser;
  let folder: string;
  before(() => {
    assert.ok(chromium, 'Chromium must be installed where CI runs (.ci/run)');
    browser = new Browser();
    folder = mkdtempSync(join(tmpdir(), 'ha-preflight-html-'));
  });
  after(async () => {
    await browser?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });
  const open = async (report: Report | Reports, view?: View): Promise<void> => {
    const file = join(folder, 'report.html');
    writeFileSync(file, reporters.html!(report, { color: false, width: 80, verbosity: 0 }));
    await browser.open(pathToFileURL(file).href, view);
  };
  const visible = (): Promise<string[]> =>
    browser.eval(
      `[...document.querySelectorAll('details')].filter((d) => d.checkVisibility()).map((d) => d.dataset.status + ' ' + d.dataset.checks)`,
    );

  for (const [name, report] of Object.entries({ broken, clean, differing, large, several, hostile })) {
    it(`${name} loads alone, without a complaint, and fits a telephone`, async () => {
      await open(report, { width: 360, height: 740 });
      assert.deepEqual(browser.complaints, []);
      assert.equal(await browser.eval(`performance.getEntriesByType('resource').length`), 0, 'nothing else is loaded');
      await browser.eval(`document.querySelectorAll('details').forEach((d) => (d.open = true))`);
      assert.equal(await browser.eval('document.documentElement.scrollWidth'), 360);
    });
    for (const dark of [false, true])
      it(`${name}, ${dark ? 'dark' : 'light'}: every text stands out from its ground by 4.5`, async () => {
        await open(report, { dark });
        await browser.eval(`document.querySelectorAll('details').forEach((d) => (d.open = true))`);
        const contrasts = await browser.eval<[string, number][]>(CONTRASTS);
        assert.ok(contrasts.length > 8);
        assert.deepEqual(
          contrasts.filter(([, contrast]) => contrast < 4.5),
          [],
        );
      });
  }

  it('the policy refuses what is not ours', async () => {
    await open(broken);
    await browser.eval(
      `(() => { const s = document.createElement('script'); s.textContent = 'window.evil = 1'; document.body.append(s); })()`,
    );
    assert.equal(await browser.eval('window.evil === undefined'), true);
    assert.ok(await browser.eval(`fetch('data:text/plain,x').then(() => false, () => true)`));
    assert.match(browser.complaints.join(), /Content Security Policy/);
  });

  it('is filtered by status and by text, rows and evidence alike, and says how many are left', async () => {
    await open(broken);
    const all = await visible();
    await browser.eval(`document.querySelector('[value=pass]').click()`);
    assert.deepEqual(
      await visible(),
      all.filter((text) => !text.startsWith('pass ')),
    );
    await browser.eval(`document.querySelector('[name=words]').focus()`);
    for (const key of 'LOOKUPCACHE') await browser.press(key);
    assert.deepEqual(await visible(), ['fail nfs-mount-options', 'fail nfs-mount-options']);
    const rows = `[...document.querySelectorAll('tr[data-check]')].filter((r) => r.checkVisibility()).map((r) => r.dataset.check)`;
    assert.deepEqual(await browser.eval(rows), ['nfs-mount-options']);
    assert.equal(await browser.eval(`document.querySelector('.found').textContent`), `2 of ${all.length} shown`);
    for (const key of 'zzz') await browser.press(key);
    assert.deepEqual(await visible(), []);
    assert.ok(await browser.eval(`document.querySelector('.nothing').checkVisibility()`));
  });

  const cells = (what: string): string =>
    `[...document.querySelectorAll('.scroll > .matrix ${what}')].filter((c) => c.checkVisibility()).map((c) => c.textContent)`;

  it('says what to do first: check, nodes, and a command that is copied', async () => {
    await open(broken);
    const top = (what: string) => browser.eval<number>(`document.querySelector('${what}').getBoundingClientRect().top`);
    assert.ok((await top('.first')) < 300, 'in the first window');
    assert.ok((await top('.first')) < (await top('.matrix')));
    const first = await browser.eval<string>(`document.querySelector('.first li').textContent`);
    assert.match(first, /clock-skew.*wb2.*critical.*chronyc makestep/s);
    await browser.send('Browser.grantPermissions', { permissions: ['clipboardReadWrite', 'clipboardSanitizedWrite'] });
    await browser.eval(`document.querySelector('.first .copy').focus()`);
    await browser.press('Enter');
    await browser.eval('new Promise((resolve) => setTimeout(resolve, 100))');
    assert.equal(await browser.eval(`document.querySelector('.first .copy').textContent`), 'copied');
    assert.deepEqual(browser.complaints, []);
    // each leads to its own evidence
    await browser.eval(`document.querySelector('.first li a').click()`);
    await browser.eval('new Promise((resolve) => setTimeout(resolve, 50))');
    assert.equal(await browser.eval(`document.activeElement.closest('details').dataset.checks`), 'clock-skew');
  });

  it('columns are in the order of their numbers, are filtered by name, and sort the rows', async () => {
    await open({
      ...broken,
      cluster: {
        ...broken.cluster,
        nodes: [10, 2, 1, 3, 4].map((n) => ({ name: `wb${n}`, host: `wb${n}`, reached: true })),
      },
    });
    assert.deepEqual(await browser.eval(cells('thead th')), [
      'check',
      'cluster',
      'wb1',
      'wb2',
      'wb3',
      'wb4',
      'wb10',
      'found',
    ]);
    await browser.eval(`document.querySelector('[name=nodes]').focus()`);
    for (const key of 'WB1') await browser.press(key);
    assert.deepEqual(await browser.eval(cells('thead th')), ['check', 'cluster', 'wb1', 'wb10', 'found']);
    await browser.eval(
      `document.querySelector('[name=nodes]').value = ''; document.querySelector('.filter').dispatchEvent(new Event('input'))`,
    );
    const before = await browser.eval<string[]>(cells('tbody th'));
    await browser.eval(
      `[...document.querySelectorAll('.matrix thead button')].find((b) => b.textContent === 'wb3').click()`,
    );
    const sorted = await browser.eval<string[]>(cells('tbody td:nth-child(5)'));
    assert.notDeepEqual(await browser.eval(cells('tbody th')), before);
    assert.deepEqual(
      sorted,
      [...sorted].sort((a, b) => 'F?W✓–·'.indexOf(a || '·') - 'F?W✓–·'.indexOf(b || '·')),
    );
    await browser.eval(
      `[...document.querySelectorAll('.matrix thead button')].find((b) => b.textContent === 'wb3').click()`,
    );
    assert.deepEqual(await browser.eval(cells('tbody th')), before);
  });

  const ofNodes = (n: number): Report => {
    const names = Array.from({ length: n }, (_, i) => `wb${i + 1}`);
    return {
      ...broken,
      cluster: { ...broken.cluster, nodes: names.map((name) => ({ name, host: name, reached: name !== 'wb3' })) },
    };
  };
  for (const n of [3, 40, 150])
    for (const dark of [false, true])
      it(`${n} nodes, ${dark ? 'dark' : 'light'}: axe finds nothing`, async () => {
        await open(ofNodes(n), { dark });
        await browser.eval(`document.querySelectorAll('details').forEach((d) => (d.open = true))`);
        await browser.eval(`${AXE}; 0`);
        const found = await browser.eval<unknown[]>(
          `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.length, nodes[0].html, nodes[0].failureSummary]))`,
        );
        assert.deepEqual(found, []);
      });

  it('150 nodes on paper: none is lost', async () => {
    const names = Array.from({ length: 150 }, (_, i) => `node${i + 1}.example.com`);
    await open(
      { ...large, cluster: { ...large.cluster, nodes: names.map((name) => ({ name, host: name, reached: true })) } },
      { width: 718, height: 1000 },
    );
    await browser.send('Emulation.setEmulatedMedia', { media: 'print' });
    assert.ok((await browser.eval<number>('document.documentElement.scrollWidth')) <= 718);
    const shown = await browser.eval<string[]>(
      `[...document.querySelectorAll('.paper thead th span')].filter((s) => s.checkVisibility() && s.closest('table').getBoundingClientRect().right <= 718).map((s) => s.textContent)`,
    );
    assert.deepEqual(
      shown,
      names.map((name) => name.replace('.example.com', '')),
    );
    assert.equal(await browser.eval(`document.querySelector('.screen').checkVisibility()`), false);
  });

  it('by keyboard: every control has its turn and shows it, a row leads to its evidence, a fold opens', async () => {
    await open(broken);
    const turns: string[] = [];
    for (let i = 0; i < 90; i++) {
      await browser.press('Tab');
      const [what, outline] = await browser.eval<[string, string]>(
        `[document.activeElement.tagName + ' ' + (document.activeElement.name ?? ''), getComputedStyle(document.activeElement).outlineStyle]`,
      );
      turns.push(what.trim());
      assert.notEqual(outline, 'none', `${what} shows no focus`);
      if (what.startsWith('SUMMARY')) break;
    }
    for (const wanted of ['INPUT status', 'INPUT words', 'DIV', 'A', 'SUMMARY'])
      assert.ok(turns.includes(wanted), `${wanted} in ${turns.join(', ')}`);
    await browser.eval(`document.querySelector('tr[data-check=product-version] a').focus()`);
    await browser.press('Enter');
    await browser.eval('new Promise((resolve) => setTimeout(resolve, 50))');
    const at = `document.activeElement.closest('details')`;
    assert.deepEqual(await browser.eval(`[${at}.dataset.checks, ${at}.open]`), ['product-version', true]);
    await browser.press('Enter');
    assert.equal(await browser.eval(`${at}.open`), false);
  });

  it('to a screen reader: landmarks, headings, and a cell that says its status in words', async () => {
    await open(several);
    const { nodes } = (await browser.send('Accessibility.getFullAXTree')) as {
      nodes: { role?: { value: string }; name?: { value: string }; ignored: boolean }[];
    };
    const of = (role: string) => nodes.filter((n) => !n.ignored && n.role?.value === role).map((n) => n.name?.value);
    assert.deepEqual([of('main').length, of('banner').length, of('contentinfo').length], [1, 1, 1]);
    assert.deepEqual(of('navigation'), ['clusters']);
    assert.deepEqual(of('search'), ['filter checks and evidence']);
    assert.ok(of('region').includes('cluster wb-test'), of('region').join());
    assert.ok(of('heading').includes('Checks by node'));
    assert.ok(of('columnheader').includes('wb1') && of('rowheader').includes('clock-skew'));
    const marks = nodes.filter((n) => n.role?.value === 'image' || n.role?.value === 'img').map((n) => n.name?.value);
    assert.deepEqual([...new Set(marks)].sort(), ['measured, not named', 'not named', 'pass', 'skip', 'unknown']);
    // what failed is a link to its evidence
    for (const name of ['fail, critical', 'fail, info', 'fail, warning', 'waived'])
      assert.ok(of('link').includes(name), name);
    assert.ok(of('button').some((name) => name?.startsWith('copy the command for ')));
  });

  it('without JavaScript everything is there but the filter', async () => {
    await open(broken, { script: false });
    const { nodes } = (await browser.send('Accessibility.getFullAXTree')) as {
      nodes: { role?: { value: string }; name?: { value: string }; ignored: boolean }[];
    };
    const seen = nodes.filter((n) => !n.ignored);
    assert.equal(seen.filter((n) => n.role?.value === 'search').length, 0);
    assert.ok(seen.some((n) => n.name?.value.includes('4.2 s ahead of the other nodes')));
    assert.ok(seen.some((n) => n.name?.value.includes('chronyc makestep')));
  });

  it('prints: a PDF of some pages, what is not well open, closed again afterwards; 40 nodes fit the paper', async () => {
    await open(large);
    const pdf = (await browser.print()).toString('latin1');
    assert.match(pdf, /^%PDF-/);
    assert.ok([...pdf.matchAll(/\/Type\s*\/Page\b/g)].length >= 1);
    await browser.eval(`dispatchEvent(new Event('beforeprint'))`);
    assert.equal(await browser.eval(`document.querySelectorAll('details:not([open]):not(.pass, .skip)').length`), 0);
    await browser.eval(`dispatchEvent(new Event('afterprint'))`);
    assert.ok((await browser.eval<number>(`document.querySelectorAll('details.unknown:not([open])').length`)) > 0);
    // A4 less usual margins
    await open(large, { width: 718, height: 1000 });
    await browser.send('Emulation.setEmulatedMedia', { media: 'print' });
    assert.ok((await browser.eval<number>('document.documentElement.scrollWidth')) <= 718);
    assert.equal(await browser.eval(`getComputedStyle(document.querySelector('.filter')).display`), 'none');
    assert.equal(await browser.eval(`getComputedStyle(document.querySelector('.scroll')).overflowX`), 'visible');
  });
});
