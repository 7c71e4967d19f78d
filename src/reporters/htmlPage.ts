/** Style and script of the HTML report. Constant text: nothing of a report is ever put in. */

export const STYLE = `
:root { color-scheme: light dark; --bg: #fff; --ink: #1b1b1b; --soft: #595959; --line: #c8c8c8; --box: #f4f4f4;
  --P: #d9f2dd; --F: #ffd5d2; --U: #ffedb8; --W: #d6ecff; --S: #eee; }
@media (prefers-color-scheme: dark) { :root { --bg: #161616; --ink: #eee; --soft: #aaa; --line: #4a4a4a; --box: #222;
  --P: #16401f; --F: #6b1a17; --U: #574200; --W: #173f60; --S: #2c2c2c; } }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; background: var(--bg); color: var(--ink); font: 1rem/1.45 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.2; }
.gate { padding: .6rem .8rem; border-left: .4rem solid var(--soft); font-weight: 600; }
.gate.fail { background: var(--F); } .gate.unknown { background: var(--U); } .gate.pass { background: var(--P); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; }
caption { text-align: left; color: var(--soft); padding-bottom: .3rem; }
th, td { border: 1px solid var(--line); padding: .2rem .45rem; text-align: left; }
td.s { text-align: center; font-weight: 600; }
.P { background: var(--P); } .F { background: var(--F); } .U { background: var(--U); } .W { background: var(--W); } .S { background: var(--S); }
details { border: 1px solid var(--line); margin: .4rem 0; padding: .4rem .7rem; }
summary { cursor: pointer; overflow-wrap: anywhere; }
summary b { display: inline-block; min-width: 5.5rem; padding: 0 .3rem; }
pre { background: var(--box); padding: .6rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
dt { color: var(--soft); } dd { margin: 0 0 .4rem; overflow-wrap: anywhere; }
.filter { margin: 1rem 0; } .filter label { margin-right: .8rem; white-space: nowrap; }
:focus-visible { outline: .15rem solid; outline-offset: .1rem; }
[hidden] { display: none; }
@media print { .filter { display: none; } body { max-width: none; } details, tr { break-inside: avoid; } pre { overflow: visible; } }
`;

/** Filters by status and text; opens everything to be printed. The page says the same without it. */
export const SCRIPT = `
const form = document.querySelector('.filter');
const items = [...document.querySelectorAll('details[data-status]')];
const found = document.querySelector('.found');
const apply = () => {
  const words = form.elements.words.value.toLowerCase();
  const on = new Set([...form.querySelectorAll('input:checked')].map((box) => box.value));
  for (const item of items) item.hidden = !on.has(item.dataset.status) || !item.textContent.toLowerCase().includes(words);
  found.textContent = items.filter((item) => !item.hidden).length + ' of ' + items.length + ' shown';
};
form.hidden = false;
form.addEventListener('input', apply);
form.addEventListener('submit', (event) => event.preventDefault());
addEventListener('beforeprint', () => { for (const item of items) item.open = true; });
apply();
`;
