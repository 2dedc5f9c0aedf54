import { htmlPage, type Markup } from '@nano-emox/p2e/html';

/** Light and dark. */
const styles = `
:root { color-scheme: light dark; --text: #1b1d22; --faint: #5a606b; --line: #d5d9e0; --page: #fff; --bar: #2f7d4f; --bad: #a3261c; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e7e9ee; --faint: #a3aab6; --line: #3a404b; --page: #15171c; --bar: #5cb583; --bad: #ff9a8f; }
}
body { margin: 0; padding: 1.5rem; color: var(--text); background: var(--page); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 52rem; margin: 0 auto; }
h1, h2, td { overflow-wrap: anywhere; }
h2 { margin: 3rem 0 0; border-top: 1px solid var(--line); padding-top: 1rem; }
h3 { margin: 1.5rem 0 0.25rem; font-size: 1rem; }
h3 small, .faint, figcaption { color: var(--faint); font-weight: normal; }
a { color: inherit; }
table { width: 100%; table-layout: fixed; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { width: 8.5rem; box-sizing: border-box; font-weight: normal; color: var(--faint); }
td:last-child { width: 4rem; padding-right: 0; text-align: right; }
tr.part th { padding-left: 1rem; }
.bar { height: 0.7rem; margin-top: 0.4rem; background: var(--line); border-radius: 0.35rem; overflow: hidden; }
.bar i { display: block; height: 100%; background: var(--bar); }
.strip { display: flex; gap: 0.4rem; overflow-x: auto; }
figure { flex: 1 0 5rem; margin: 0; font-size: 0.8rem; text-align: center; }
img { width: 100%; object-fit: fill; display: block; border-radius: 0.3rem; }
.attention { table-layout: auto; }
.attention th, .attention td { width: auto; padding-right: 0.75rem; text-align: right; }
.attention thead th { color: var(--text); }
.plot img { object-fit: contain; border-radius: 0; }
.failed strong { color: var(--bad); }
`;

/** A page about clips that needs nothing else. */
export const reportPage = (title: string, body: Markup): string => htmlPage(`${title} – nano-emox`, body, styles);
