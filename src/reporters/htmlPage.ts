/** Style and script of the HTML report. Constant text: nothing of a report is ever put in. */

export const STYLE = `
:root { color-scheme: light dark; --bg: #fff; --ink: #1a1c1f; --soft: #595f66; --line: #d3d7dc; --box: #f3f5f7; --link: #0b57a4;
  --pass: #e3f4e6; --pass-ink: #1d5c2b; --fail: #c1261d; --fail-ink: #fff; --fail-soft: #fde3e0; --unknown: #f7c948; --unknown-ink: #33270a;
  --unknown-soft: #fff3cf; --waived: #cfe4f9; --waived-ink: #103f6b; --skip: #eceef1; --skip-ink: #565c63; }
@media (prefers-color-scheme: dark) { :root { --bg: #15171a; --ink: #e8eaed; --soft: #a3aab2; --line: #3a3f45; --box: #202429; --link: #8fc1f5;
  --pass: #16351d; --pass-ink: #9fdcae; --fail: #cd382e; --fail-ink: #fff; --fail-soft: #47201d; --unknown: #e0b13a; --unknown-ink: #241a03;
  --unknown-soft: #3d3211; --waived: #17395c; --waived-ink: #b9dbfb; --skip: #2a2e33; --skip-ink: #a9b0b8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 82rem; padding: 1rem 1.25rem 3rem; background: var(--bg); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.2; margin: 1.6rem 0 .6rem; overflow-wrap: anywhere; } h1 { margin: 0; font-size: 1.9rem; }
section + section { border-top: 2px solid var(--line); margin-top: 2.5rem; }
a { color: var(--link); }
.tool, .about, .small, footer { color: var(--soft); } .tool { margin: 0; font-size: .9rem; } .about { margin: .3rem 0 .8rem; overflow-wrap: anywhere; }
.small { font-size: .85rem; margin: .6rem 0 0; overflow-wrap: anywhere; }
.gate { margin: .8rem 0; padding: .7rem .9rem; border-left: .45rem solid var(--line); border-radius: .2rem; font-size: 1.15rem; font-weight: 650; overflow-wrap: anywhere; }
.gate.fail { background: var(--fail-soft); border-color: var(--fail); } .gate.unknown { background: var(--unknown-soft); border-color: var(--unknown); }
.gate.pass { background: var(--pass); border-color: var(--pass-ink); }
.tiles { list-style: none; display: flex; flex-wrap: wrap; gap: .5rem; margin: .8rem 0; padding: 0; }
.tiles li { padding: .25rem .8rem; border-radius: .2rem; border: 1px solid transparent; } .tiles b { font-size: 1.3rem; margin-right: .2rem; }
.tiles .zero { border-color: var(--line); color: var(--soft); }
.notes { padding-left: 1.2rem; } .notes li { overflow-wrap: anywhere; }
.fail { background: var(--fail); color: var(--fail-ink); } .unknown { background: var(--unknown); color: var(--unknown-ink); }
.waived { background: var(--waived); color: var(--waived-ink); } .pass { background: var(--pass); color: var(--pass-ink); } .skip { background: var(--skip); color: var(--skip-ink); }
td.minor, i.minor, .badge.minor { background: var(--fail-soft); color: var(--ink); box-shadow: inset 0 0 0 .1rem var(--fail); }
.gate { color: var(--ink); }
.legend { margin: .3rem 0; font-size: .85rem; color: var(--soft); } .key { margin-right: .9rem; white-space: nowrap; }
.key i { display: inline-block; min-width: 1.4em; text-align: center; font-style: normal; font-weight: 700; border-radius: .15rem; }
.scroll { overflow: auto; max-height: 92vh; max-width: 100%; }
table { border-collapse: separate; border-spacing: 0; font-size: .9rem; }
th, td { padding: .2rem .5rem; text-align: left; font-weight: 400; } thead th { font-weight: 600; vertical-align: bottom; }
.overview td:not(:nth-child(2)) { text-align: right; font-variant-numeric: tabular-nums; } .overview tr > * { border-bottom: 1px solid var(--line); } .overview { margin: 1rem 0; }
.sides { margin: .5rem 0; } .sides th, .sides td { border: 1px solid var(--line); vertical-align: top; } .sides code { overflow-wrap: anywhere; }
.matrix { line-height: 1.35; } .matrix td { min-width: 2.1rem; padding: 0; text-align: center; font-weight: 700; border: 1px solid var(--bg); }
.matrix td span { display: block; padding: .12rem .3rem; } .matrix td .none { min-height: 1.4em; }
.matrix th[scope=row] { position: sticky; left: 0; z-index: 1; background: var(--bg); white-space: nowrap; padding: .12rem .8rem .12rem 0; }
.matrix th[scope=row] a { color: inherit; text-decoration: none; } .matrix th[scope=row] a:hover { text-decoration: underline; }
.matrix tbody tr:hover th, .matrix tbody tr:hover .none { background: var(--box); }
.matrix td.pass, .matrix td.skip { font-weight: 400; }
.matrix thead th { position: sticky; top: 0; z-index: 2; background: var(--bg); border-bottom: 1px solid var(--line); white-space: nowrap; max-width: 12rem; overflow: hidden; text-overflow: ellipsis; }
.matrix thead th:first-child { left: 0; z-index: 3; padding-left: 0; }
.matrix td.saying { text-align: left; font-weight: 400; font-size: .85rem; padding-left: .8rem; color: var(--soft); } .matrix th.saying { padding-left: .8rem; } .matrix th.lost { color: var(--soft); text-decoration: line-through; }
.upright { font-size: .8rem; } .upright td { min-width: 1.5rem; } .upright thead th:not(:first-child) { padding: .3rem 0; height: 1px; }
.upright thead th:not(:first-child) span { writing-mode: vertical-rl; transform: rotate(180deg); display: inline-block; max-height: 12rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; line-height: 1.5rem; }
.matrix td a { display: block; padding: .12rem .3rem; color: inherit; text-decoration: none; } .matrix td a:hover { text-decoration: underline; } .matrix .fine, .key .fine { color: var(--soft); font-weight: 400; }
.matrix button { all: unset; cursor: pointer; max-width: 100%; overflow: hidden; text-overflow: ellipsis; } .matrix button:focus-visible { outline: .18rem solid var(--link); } .matrix th[aria-sort] button { text-decoration: underline; }
.paper { display: none; }
.first { margin: .6rem 0; padding: 0; list-style: none; counter-reset: first; border: 1px solid var(--line); border-left: .4rem solid var(--fail); border-radius: .2rem; }
.first li { padding: .55rem .8rem; overflow-wrap: anywhere; } .first li + li { border-top: 1px solid var(--line); } .first li > a { font-weight: 650; }
.command { display: flex; gap: .5rem; align-items: flex-start; margin: .35rem 0 0; } .command code { flex: 1; min-width: 0; background: var(--box); padding: .35rem .6rem; border-radius: .2rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem; user-select: all; }
.copy { font: inherit; font-size: .85rem; padding: .25rem .7rem; background: var(--bg); color: var(--ink); border: 1px solid var(--soft); border-radius: .2rem; cursor: pointer; } .more { font-size: .85rem; } .byhand { margin: .35rem 0 0; font-size: .9rem; }
details { border: 1px solid var(--line); border-left-width: .4rem; border-radius: .2rem; margin: .5rem 0; padding: .4rem .8rem; }
details.fail, details.unknown, details.waived, details.pass, details.skip { background: none; color: var(--ink); }
details.fail { border-left-color: var(--fail); } details.unknown { border-left-color: var(--unknown); } details.waived { border-left-color: var(--waived); } details.pass { border-left-color: var(--pass); }
details[open] { padding-bottom: .8rem; } summary { cursor: pointer; overflow-wrap: anywhere; }
.badge, .change { display: inline-block; padding: 0 .45rem; border-radius: .15rem; font-size: .85rem; } .badge { min-width: 4.9rem; text-align: center; }
.change { border: 1px solid currentColor; } .anchor { scroll-margin-top: 1rem; }
.severity { color: var(--soft); font-size: .9rem; } .severity::before { content: "("; } .severity::after { content: ")"; } .said { display: block; margin-left: 1rem; }
.nodes { font-weight: 600; }
dl { margin: .5rem 0; } dl div { display: grid; grid-template-columns: 6.5rem 1fr; gap: .6rem; margin: .15rem 0; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
pre { background: var(--box); padding: .6rem .8rem; border-radius: .2rem; margin: .4rem 0; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem; }
p.fix { margin: .6rem 0 .2rem; font-weight: 650; } pre.fix { border-left: .2rem solid var(--link); user-select: all; }
.filter { display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; align-items: center; margin: 1rem 0; padding: .6rem .8rem; background: var(--box); border-radius: .2rem; }
.filter fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem .9rem; } .filter legend { float: left; margin-right: .9rem; padding: 0; color: var(--soft); }
.filter .words { display: flex; gap: .4rem; align-items: center; max-width: 100%; } .filter input[type=search] { min-width: 0; font: inherit; padding: .2rem .5rem; max-width: 100%; background: var(--bg); color: var(--ink); border: 1px solid var(--soft); border-radius: .2rem; }
.filter ::placeholder { color: var(--soft); opacity: 1; }
:focus-visible { outline: .18rem solid var(--link); outline-offset: .1rem; }
[hidden] { display: none !important; }
footer { margin-top: 2rem; font-size: .85rem; overflow-wrap: anywhere; }
@media (max-width: 40rem) { .matrix .saying { display: none; }  body { padding: .8rem .8rem 2rem; } dl div { grid-template-columns: 1fr; gap: 0; } .said { margin-left: 0; } h1 { font-size: 1.5rem; } }
@media print { :root { color-scheme: light; } body { max-width: none; padding: 0; font-size: 9.5pt; } .filter, .copy { display: none !important; }
  .screen { display: none; } .paper { display: table; margin: .8rem 0; } .paper td { border: 1px solid var(--line); line-height: 1.2; } .paper thead th:not(:first-child) span { max-height: none; }
  .scroll { overflow: visible; max-height: none; } .matrix thead th, .matrix th[scope=row] { position: static; } .matrix { font-size: 7.5pt; } .matrix td { min-width: 0; } .matrix td span { padding: 0 .1rem; } .matrix td.saying, .legend { font-size: 7.5pt; }
  .upright thead th:not(:first-child) span { line-height: 1; } .matrix th[scope=row] { padding-right: .3rem; }
  details, tr, pre { break-inside: avoid; } h2, h3, summary { break-after: avoid; } thead { display: table-header-group; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
@media (forced-colors: active) { .badge, .key i, .matrix td { border: 1px solid; } }
`;

/**
 * Filters by status, text and node, sorts by a node, copies a command, opens what a link leads to, and what is not well
 * when it is printed. The page says the same without it.
 */
export const SCRIPT = `
const form = document.querySelector('.filter');
const items = [...document.querySelectorAll('details[data-status]')];
const rows = [...document.querySelectorAll('tr[data-check]')];
const tables = [...document.querySelectorAll('.scroll > .matrix')];
/* columns of nodes; those of the check, of the cluster and of the words always stay */
const columns = () => {
  const part = form.elements.nodes.value.toLowerCase().trim();
  for (const table of tables) for (const th of table.tHead.rows[0].cells) {
    if (th.cellIndex === 0 || th.classList.contains('saying') || th.title.startsWith('verdicts about')) continue;
    const hide = !th.title.toLowerCase().includes(part);
    if (th.hidden !== hide) for (const row of table.rows) row.cells[th.cellIndex].hidden = hide;
  }
};
const RANK = ['fail', 'unknown', 'waived', 'pass', 'skip'];
const rankOf = (cell) => cell.classList.contains('minor') ? 1.5 : RANK.findIndex((name) => cell.classList.contains(name)) + 1 || 9;
const sortBy = (th) => {
  const table = th.closest('table');
  const again = th.hasAttribute('aria-sort');
  for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
  if (!again) th.setAttribute('aria-sort', 'ascending');
  const body = table.tBodies[0];
  const own = rows.filter((row) => row.parentElement === body);
  body.append(...(again ? own : own.map((row) => [rankOf(row.cells[th.cellIndex]), row]).sort((a, b) => a[0] - b[0]).map(([, row]) => row)));
};
for (const table of tables) for (const th of table.tHead.rows[0].cells) {
  if (th.cellIndex === 0 || th.classList.contains('saying')) continue;
  const button = document.createElement('button');
  button.type = 'button';
  button.append(...th.childNodes);
  button.addEventListener('click', () => sortBy(th));
  th.append(button);
}
for (const button of document.querySelectorAll('.copy')) {
  button.hidden = false;
  button.setAttribute('aria-label', 'copy the command for ' + button.closest('li').querySelector('a').textContent);
  button.addEventListener('click', async () => {
    const code = button.previousElementSibling;
    try { await navigator.clipboard.writeText(code.textContent); }
    catch { getSelection().selectAllChildren(code); document.execCommand('copy'); }
    button.textContent = 'copied';
    setTimeout(() => (button.textContent = 'copy'), 2000);
  });
}
const apply = () => {
  columns();
  const words = form.elements.words.value.toLowerCase().trim();
  const on = new Set([...form.querySelectorAll('input:checked')].map((box) => box.value));
  const checks = new Map();
  for (const item of items) {
    item.hidden = !on.has(item.dataset.status) || !item.textContent.toLowerCase().includes(words);
    const section = item.closest('section');
    if (!checks.has(section)) checks.set(section, new Set());
    if (!item.hidden) for (const id of item.dataset.checks.split(' ')) checks.get(section).add(id);
  }
  for (const row of rows) row.hidden = !checks.get(row.closest('section')).has(row.dataset.check);
  for (const note of document.querySelectorAll('.nothing')) note.hidden = checks.get(note.closest('section')).size > 0;
  form.querySelector('.found').textContent = items.filter((item) => !item.hidden).length + ' of ' + items.length + ' shown';
};
const follow = () => {
  const item = document.getElementById(location.hash.slice(1))?.closest('details');
  if (!item) return;
  item.open = true;
  item.querySelector('summary').focus();
};
form.hidden = false;
form.addEventListener('input', apply);
form.addEventListener('submit', (event) => event.preventDefault());
addEventListener('hashchange', follow);
const closed = [];
addEventListener('beforeprint', () => { for (const item of items) if (!item.open && !['pass', 'skip'].includes(item.dataset.status)) { closed.push(item); item.open = true; } });
addEventListener('afterprint', () => { for (const item of closed.splice(0)) item.open = false; });
apply();
follow();
`;
