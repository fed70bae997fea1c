// How the page looks: one column of text, figures up to half as wide again, light and dark, wide and narrow.
// Colours keep apart for the colour-blind: grey against violet for methods, teal against orange for groups.

export const style = `
:root {
  color-scheme: light dark;
  --paper: #fdfcfa; --card: #f5f3ee; --line: #e4e1d9; --ink: #1c1e22; --muted: #5d6169;
  --study: #5a43c8; --other-0: #7b7f87; --other-1: #a86a00; --other-2: #2b7d9b;
  --normal: #12877b; --anomalous: #d9570a; --wrong: #b3400a; --edge: transparent; --shade: #f3d9c6;
  --serif: 'Iowan Old Style', 'Palatino Linotype', Palatino, 'URW Palladio L', Charter, Georgia, serif;
  --sans: system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif;
  --mono: ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15171b; --card: #1e2126; --line: #33373e; --ink: #ebe9e4; --muted: #a3a7af;
    --study: #a89bff; --other-0: #a0a4ab; --other-1: #e0a33e; --other-2: #6fc0dd;
    --normal: #3fbfb0; --anomalous: #ff8b4a; --wrong: #ff9a5f; --edge: #2b2f36; --shade: #4a3426;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; padding: clamp(1.5rem, 5vw, 4.5rem) 1rem 4rem;
  background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.6 var(--sans);
}
main { max-width: 62rem; margin-inline: auto; }
.lead, main > p, main > pre, main > dl, .facts, .merit, figcaption { max-width: 44rem; }
h1, h2 { font-family: var(--serif); font-weight: 600; line-height: 1.15; text-wrap: balance; letter-spacing: -0.01em; }
h1 { font-size: clamp(2.1rem, 6vw, 3.4rem); margin-block: 0 1rem; }
h2 { font-size: 1.65rem; margin-block: 4rem 0.75rem; }
h3, caption { font: 600 0.95rem/1.4 var(--sans); margin: 0 0 0.4rem; }
p { margin-block: 0 1rem; text-wrap: pretty; }
a { color: var(--study); text-underline-offset: 0.15em; }
.kicker { color: var(--muted); font-size: 0.85rem; letter-spacing: 0.06em; text-transform: uppercase; margin-bottom: 0.75rem; }
.lead { font: 1.3rem/1.5 var(--serif); margin-bottom: 2rem; }
.note, .verdict, figcaption, .legend, .scale, .readings, .facts, .class { font-size: 0.875rem; line-height: 1.45; }
.note, .scale { color: var(--muted); }
.note { margin: 0.35rem 0 0; }

.scores { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); gap: 1rem; margin: 0 0 0.6rem; padding: 0; list-style: none; }
.scores li { background: var(--card); border-radius: 0.75rem; padding: 1.1rem 1.25rem 1.25rem; }
.scores strong { display: block; font: 600 3.25rem/1.1 var(--serif); font-variant-numeric: lining-nums tabular-nums; margin-block: 0.25rem 0.75rem; }
.scores .study strong { color: var(--study); }
.scores svg { display: block; width: 100%; height: 0.5rem; }

table { border-collapse: collapse; width: 100%; font-variant-numeric: lining-nums tabular-nums; }
caption { text-align: left; }
th { font-weight: 600; text-align: left; }
.scroll { overflow-x: auto; }
.merit th, .merit td, .facts th, .facts td { padding: 0.55rem 0.5rem; border-top: 1px solid var(--line); vertical-align: top; }
.merit td, .merit thead th:not(:first-child) { text-align: right; }
.merit thead th { border: 0; vertical-align: bottom; line-height: 1.3; }
.merit tbody th span { display: block; font-weight: 400; font-size: 0.85rem; line-height: 1.4; color: var(--muted); }
.merit th:first-child, .facts th:first-child { padding-left: 0; }
.merit .best, .merit .study { font-weight: 700; }
.merit.wide, .examples.wide { max-width: none; }
.scroll + .scroll { margin-top: 2rem; }
.panels > .scroll { margin-top: 0; }
.merit.wide { font-size: 0.85rem; }
.merit.wide th, .merit.wide td { padding: 0.45rem 0.3rem; }
.merit.wide th:first-child { min-width: 6.5rem; }
.measures { display: grid; grid-template-columns: fit-content(11rem) 1fr; gap: 0.25rem 1.25rem; max-width: 44rem; font-size: 0.875rem; line-height: 1.45; color: var(--muted); }
.measures dt { color: var(--ink); }
.measures dd { margin: 0; }
.merit caption, .facts caption { font-weight: 400; font-size: 0.875rem; margin-bottom: 0.75rem; }
.facts th { font-weight: 400; color: var(--muted); width: 34%; }
h2, caption, .lead, .facts td { overflow-wrap: anywhere; }
.facts thead th { border: 0; color: var(--ink); font-weight: 600; }

figure { margin: 1.5rem 0 2.75rem; }
.row { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 0 2.5rem; }
figcaption { margin-top: 0.9rem; color: var(--muted); }
figcaption b { color: var(--ink); }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 2rem 2.5rem; align-items: start; }
.panels.one { grid-template-columns: minmax(0, 1fr); }
.panels.three { grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); }
figure svg[role='img'] { color: var(--muted); width: 100%; height: auto; }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 0 0 0.75rem; padding: 0; list-style: none; }
.legend svg { vertical-align: -0.1em; margin-right: 0.45rem; }

img { display: block; width: 100%; height: auto; image-rendering: pixelated; border-radius: 2px; background: #000; outline: 1px solid var(--edge); }
.examples, .readings { table-layout: fixed; max-width: 34rem; }
.examples th, .examples td { padding: 0.3rem 0 0.3rem 0.7rem; vertical-align: top; }
.examples th:first-child { padding-left: 0; }
.examples thead th { font-size: 0.875rem; line-height: 1.3; vertical-align: bottom; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 2px; }
.class { display: block; margin-top: 0.15rem; font-weight: 400; color: var(--muted); }
.verdict { margin: 0.15rem 0 0.2rem; white-space: nowrap; }
.verdict .right { font-weight: 400; color: var(--muted); }
.verdict .wrong { color: var(--wrong); }
.scale { display: flex; align-items: center; gap: 0.6rem; margin: 1rem 0 0; }
.scale img { width: 8rem; height: 0.6rem; image-rendering: auto; }
.items { display: grid; grid-template-columns: repeat(auto-fill, minmax(clamp(2.7rem, 6vw, 3.6rem), 1fr)); gap: 0.6rem; }
.items i { display: block; height: 3px; margin-top: 4px; border-radius: 2px; background: var(--study); }
.readings th, .readings td { padding: 0.3rem 0; vertical-align: top; }
.readings th:first-child, .readings th:last-child { width: 15.5%; }
.readings thead th:nth-child(2) { padding-inline: 0.6rem; }
.readings .verdict { white-space: normal; }
.mix { display: grid; grid-template-columns: repeat(5, 1fr); gap: 0.3rem; padding-inline: 0.6rem; }
.mix span { color: var(--muted); font-size: 0.8rem; }

.explained { table-layout: fixed; }
.explained th, .explained td { padding: 0.6rem 0.7rem 0.6rem 0; border-top: 1px solid var(--line); vertical-align: top; font-size: 0.875rem; line-height: 1.4; }
.explained thead th { border: 0; vertical-align: bottom; }
.explained tbody th { font-weight: 400; overflow-wrap: anywhere; }
.explained .drawn { width: 14%; }
.explained .rank { width: 22%; }
.explained .columns th, .explained .columns td { padding: 0.1rem 0.6rem 0.1rem 0; border: 0; overflow-wrap: anywhere; }
.explained .columns td:last-child { width: 35%; }
.explained .columns i { display: block; height: 0.6rem; min-width: 1px; border-radius: 2px; background: var(--anomalous); }
.nearest { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1rem 2rem; font-size: 0.875rem; }
.nearest div { display: grid; grid-template-columns: repeat(4, 1fr); gap: 0.3rem; }
.nearest ul { margin: 0.2rem 0 0; padding-left: 1.1rem; overflow-wrap: anywhere; }

pre { white-space: pre-wrap; background: var(--card); border-radius: 0.6rem; padding: 0.9rem 1.1rem; margin-block: 0 1rem; }
code { font: 0.9em/1.5 var(--mono); }
pre span { display: inline-block; max-width: 100%; overflow-wrap: anywhere; }
dl.next { margin: 0; }
.next dt { font-weight: 600; margin-top: 1.1rem; }
.next dd { margin: 0; }
.next pre { margin-top: 0.4rem; }
details { margin-block: 1rem; }
summary { cursor: pointer; color: var(--study); }
footer { margin-top: 4rem !important; padding-top: 1.25rem; border-top: 1px solid var(--line); color: var(--muted); font-size: 0.875rem; }
@media print { body { padding: 0; font-size: 11pt; } figure, table, tr { break-inside: avoid; } }
`;
