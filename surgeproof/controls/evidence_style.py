"""How the evidence page looks: light, dark and printed, without any file beside it."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --ink: #1c2024; --dim: #5b6570; --line: #d5dae0; --page: #fff; --soft: #f4f6f8;
  --fail: #b3261e; --warn: #8a5a00; --good: #1d6b3a; --link: #1a56b0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --dim: #a2abb5; --line: #3a4148; --page: #15181b;
  --soft: #1f2327; --fail: #ff8a80; --warn: #ffc266; --good: #7fd69b; --link: #8ab4f8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.2rem 4rem; max-width: 74rem; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .3rem; } h2 { font-size: 1.2rem; margin: 2.4rem 0 .6rem; }
p, li { max-width: 52rem; } .dim { color: var(--dim); }
.confirm { border-left: 4px solid var(--warn); padding: .5rem .9rem; background: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; } dt { color: var(--dim); } dd { margin: 0;
  overflow-wrap: anywhere; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--dim); white-space: nowrap; } td.n, th.n { text-align: right;
  padding-left: .3rem; padding-right: .3rem; }
td.n { font-variant-numeric: tabular-nums; } tr.req > td { background: var(--soft); }
td details { margin: .1rem 0; } td ul { margin: 0; padding-left: 1.1rem; } summary { cursor: pointer; } code { font-size: .9em; overflow-wrap: anywhere; }
.fail { color: var(--fail); font-weight: 600; } .unknown, .waived, .baselined { color: var(--warn); }
.pass { color: var(--good); } ul.rows { margin: .3rem 0 .6rem; padding-left: 1.2rem; }
svg.scope { width: 100%; height: auto; min-width: 42rem; max-width: 60rem; font: 12px system-ui, sans-serif; }
svg text { fill: var(--ink); } svg text.dim { fill: var(--dim); font-size: 10px; } svg text.head { font-weight: 600; }
svg .zone { fill: none; stroke: var(--ink); stroke-dasharray: 2 3; } svg .box { fill: var(--soft); stroke: var(--line); }
svg .way { fill: none; stroke: var(--dim); stroke-width: 1.3; } svg .way.open { stroke: var(--fail); stroke-width: 2;
  stroke-dasharray: 6 4; } svg text.flow { text-anchor: middle; font-size: 10px; fill: var(--dim); }
svg text.flow.open { fill: var(--fail); font-weight: 600; }
a { color: var(--link); }
/* On a phone each requirement is a card: its counts in one line, its controls under them. */
@media screen and (max-width: 760px) { .requirements thead { display: none; }
  .requirements tr { display: flex; flex-wrap: wrap; gap: 0 .8rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  .requirements td { border: 0; padding: 0; } .requirements td:first-child, .requirements td:last-child {
  flex-basis: 100%; } .requirements td.n::before { content: attr(data-column) " "; color: var(--dim); } }
@media print { :root { --ink: #000; --dim: #444; --line: #bbb; --page: #fff; --soft: #f3f3f3; --fail: #900; --warn: #630;
  --good: #060; } body { max-width: none; padding: 0; font-size: 11px; } details > * { display: block; }
  tr, svg { break-inside: avoid; } h2 { break-after: avoid; } }
"""
