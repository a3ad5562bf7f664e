import { Html } from "./html.js";

/** The report's whole style sheet; system fonts only, light and dark. */
export const styleSheet = new Html(`
:root {
  --page: #fbfbf9; --card: #ffffff; --ink: #1b1f24; --ink-soft: #59636e; --line: #dcdfe3; --line-soft: #eceef0;
  --accent: #0b5cad; --paper: #a3480f; --paper-wash: #fdf5ee;
  --real: #1a6b3c; --real-wash: #e4f3ea; --warn: #8a5300; --warn-wash: #fdf0d5; --bad: #a8201a; --bad-wash: #fbe6e4;
  --series-light-1: 44%; --series-light-2: 58%; --series-light-3: 34%;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --card: #1b1f23; --ink: #e8eaed; --ink-soft: #a2abb5; --line: #363c43; --line-soft: #272c31;
    --accent: #7ab5f0; --paper: #eda069; --paper-wash: #2a221c;
    --real: #7fd2a1; --real-wash: #1c3427; --warn: #f0bf6a; --warn-wash: #3a2d14; --bad: #f2938d; --bad-wash: #40201e;
    --series-light-1: 64%; --series-light-2: 74%; --series-light-3: 52%;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body { margin: 0 auto; max-width: 76rem; padding: 2.5rem 1.25rem 5rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 2.1rem; line-height: 1.15; margin: 0; letter-spacing: -.02em; }
h2 { font-size: 1.4rem; line-height: 1.2; margin: 0; letter-spacing: -.01em; }
.lead { font-size: 1.1rem; color: var(--ink-soft); margin: .35rem 0 1rem; }
.legend { font-size: .875rem; color: var(--ink-soft); max-width: 50rem; }
a { color: var(--accent); text-decoration: none; }
code { font: .85em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; color: var(--ink-soft); }
.overview { list-style: none; margin: 1.5rem 0 0; padding: 0; display: grid; gap: .75rem;
  grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); }
.overview a { display: block; height: 100%; padding: .8rem 1rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .6rem; color: inherit; }
.overview a:hover, .overview a:focus-visible { border-color: var(--accent); outline: none; }
.overview span { display: block; }
.overview .artefact { font-weight: 650; }
.overview .title { font-size: .9rem; color: var(--ink-soft); }
.overview .meta { font-size: .8rem; color: var(--ink-soft); margin-top: .35rem; }
.overview .meta .badge { display: inline-block; }
section, .problems { margin-top: 2.5rem; padding: 1.5rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .8rem; scroll-margin-top: 1rem; }
.problems { border-color: var(--bad); }
.subtitle { margin: .2rem 0 0; color: var(--ink-soft); }
.run { margin: .9rem 0 .4rem; font-size: .9rem; color: var(--ink-soft); }
.badge { display: inline-block; padding: .05rem .5rem; border-radius: 1rem; font-size: .75rem; font-weight: 600; line-height: 1.45; }
.badge.preset { background: var(--line-soft); color: var(--ink-soft); }
.badge.real { background: var(--real-wash); color: var(--real); }
.badge.synthetic, .badge.mixed { background: var(--warn-wash); color: var(--warn); }
.badge.failed { background: var(--bad-wash); color: var(--bad); }
.data { list-style: none; margin: .4rem 0 1rem; padding: 0; font-size: .875rem; display: grid; gap: .25rem; }
.data .details { color: var(--ink-soft); }
.scroll { overflow-x: auto; }
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.scroll.tall { max-height: 85vh; overflow: auto; }
.tall thead th { position: sticky; top: 0; background: var(--card); z-index: 1; }
.tall thead .subhead th { top: 2.1rem; }
th button { all: unset; cursor: pointer; }
th button:focus-visible { outline: 2px solid var(--accent); }
th[aria-sort=ascending] button::after { content: " ↑"; }
th[aria-sort=descending] button::after { content: " ↓"; }
.top { position: fixed; right: 1rem; bottom: 1rem; padding: .35rem .75rem; border-radius: 1rem; background: var(--card);
  border: 1px solid var(--line); font-size: .85rem; }
.overview-paper { font-size: 1rem; margin: 1.5rem 0 -.75rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .38rem .7rem; text-align: left; white-space: nowrap; }
thead th { font-weight: 600; color: var(--ink-soft); border-bottom: 1px solid var(--line); vertical-align: bottom; }
thead tr:not(:last-child) th:not([rowspan="2"]) { border-bottom: 0; padding-bottom: 0; }
th[scope=colgroup] { text-align: center; }
.subhead th { font-size: .75rem; font-weight: 500; padding-top: 0; }
tbody th[scope=row] { font-weight: 450; white-space: normal; min-width: 10rem; }
tbody tr:not(.dataset):hover { background: var(--line-soft); }
.dataset th { padding-top: 1.1rem; font-weight: 650; border-bottom: 1px solid var(--line); }
tbody tr:not(.dataset) > * { border-bottom: 1px solid var(--line-soft); }
.number { text-align: right; }
.time, .interval { color: var(--ink-soft); }
td .interval { font-size: .8em; }
th.paper, td.paper { color: var(--paper); background: var(--paper-wash); }
span.paper, .key-paper { color: var(--paper); }
.best { font-weight: 700; }
.error { font-size: .8rem; color: var(--bad); font-weight: 400; overflow-wrap: anywhere; }
figure { margin: 1.75rem 0 .5rem; }
figcaption { font-weight: 600; }
.key-paper { font-weight: 400; font-size: .85rem; margin-left: .75rem; }
.key-paper::before { content: ""; display: inline-block; width: 1.1rem; border-top: 3px dashed var(--paper); vertical-align: .25em; margin-right: .35rem; }
.key { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: .35rem 0 .25rem; padding: 0; font-size: .85rem; color: var(--ink-soft); }
.swatch { display: inline-block; width: .75rem; height: .75rem; border-radius: .2rem; margin-right: .4rem; vertical-align: -.05em; }
figure svg { display: block; max-width: none; }
.notes { margin: 1.25rem 0 0; padding-left: 1.1rem; font-size: .875rem; color: var(--ink-soft); max-width: 60rem; }
details { margin-top: 1rem; font-size: .9rem; }
summary { cursor: pointer; color: var(--accent); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .75rem 0 0; font-size: .85rem; }
dt { color: var(--ink-soft); }
dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } section { padding: 1rem; } }
@media print { .top { display: none; } .scroll.tall { max-height: none; } .scroll { overflow: visible; } body { max-width: none; padding: 0; } section { break-inside: avoid-page; border: 0; } }
`);
