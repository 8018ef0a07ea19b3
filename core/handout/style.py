"""How a handout looks: on a light screen, on a dark one, and on paper."""

STYLE = """\
:root {
  color-scheme: light dark;
  --page: #ffffff; --text: #1a1f29; --muted: #566070; --line: #dce0e8; --well: #f4f5f8;
  --accent: #4a48c4; --danger: #a32118;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #14171d; --text: #e8ebf1; --muted: #a3acbb; --line: #323844; --well: #1d212a;
    --accent: #aaa9ff; --danger: #ff9a8f;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 4rem;
  background: var(--page); color: var(--text);
  font: 1.0625rem/1.6 Inter, "Adwaita Sans", "Noto Sans", system-ui, sans-serif;
}
h1, h2, h3 { line-height: 1.2; text-wrap: balance; }
h1 { font-size: 2.25rem; margin: 0 0 .5rem; }
h2 { font-size: 1.5rem; margin: 0 0 .75rem; }
h3 { font-size: 1.05rem; margin: 0 0 .5rem; }
p, ul, ol, pre, table, blockquote { margin: 0 0 .9rem; }
.text, .about, nav, details, .notes { max-width: 44rem; }
.about { font-size: 1.2rem; color: var(--muted); }
.facts, footer { color: var(--muted); font-size: .9rem; }
a { color: var(--accent); }
a:focus-visible, summary:focus-visible {
  outline: 3px solid var(--accent); outline-offset: 3px; border-radius: 4px;
}
nav { border: 1px solid var(--line); border-radius: 10px; padding: .9rem 1rem; margin: 1.5rem 0; }
nav ol { columns: 2 16rem; margin: 0; padding-left: 1.6rem; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
section { border-top: 1px solid var(--line); padding-top: 2rem; margin-top: 2.5rem; }
.number { color: var(--accent); margin-right: .3em; font-variant-numeric: tabular-nums; }
code, pre { font-family: "JetBrains Mono", "Fira Code", "DejaVu Sans Mono", monospace; }
code { font-size: .92em; background: var(--well); border-radius: 4px; padding: .08em .3em; }
pre { background: var(--well); border-radius: 8px; padding: .8rem 1rem; overflow-x: auto; }
pre code { padding: 0; background: none; }
blockquote { border-left: 4px solid var(--line); margin-left: 0; padding-left: 1rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .9rem .35rem 0; text-align: left; }
figure { margin: 1.25rem 0; }
figcaption { color: var(--muted); margin-bottom: .6rem; }
img { display: block; max-width: 100%; height: auto; border: 1px solid var(--line);
  border-radius: 10px; }
.question { background: var(--well); border-radius: 10px; padding: 1rem 1.2rem; margin: 1rem 0; }
.ask { font-weight: 600; }
summary { cursor: pointer; color: var(--accent); font-weight: 600; }
.right { font-weight: 600; margin: .6rem 0; }
.notes { border-left: 4px solid var(--accent); padding-left: 1rem; margin-top: 1rem; }
.problem { color: var(--danger); }
.answers { display: none; }
footer { border-top: 1px solid var(--line); margin-top: 3rem; padding-top: 1rem; }
@page { size: A4; margin: 18mm 16mm; }
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10.5pt; line-height: 1.45; }
  section { margin-top: 1.2rem; padding-top: 1rem; }
  h1, h2, h3, figcaption { break-after: avoid; }
  main section, figure, .question, pre, table { break-inside: avoid; }
  img { max-height: 150mm; width: auto; }
  a { color: inherit; text-decoration: none; }
  details { display: none; }
  .answers { display: block; break-before: page; }
  .answers dt { font-weight: 600; margin-top: .6rem; }
}
"""
