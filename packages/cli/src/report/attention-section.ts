import type { AttentionDiscrepancy, GroupAttention } from '@nano-emox/duplex-attention';
import { html, type Markup } from '@nano-emox/p2e/html';
import type { AttentionFigure } from './attention-chart';
import { percent } from './quantities';

const explanation =
  'Mean attention of a token to a visible token of its own kind and of the other; the gap is their relative difference, 0 % where both get the same.';

/** Rows of cells: a layer each, and the average gaps. */
export function attentionRows({ layers, averageGap }: AttentionDiscrepancy): readonly (readonly string[])[] {
  const cells = ({ self, cross, gap }: GroupAttention) => [activation(self), activation(cross), share(gap)];
  return [
    ...layers.map(({ layer, text, visual }) => [String(layer), ...cells(text), ...cells(visual)]),
    ['average', '', '', share(averageGap.text), '', '', share(averageGap.visual)],
  ];
}

/** The table for a terminal; ends in a line end. */
export function attentionTable(discrepancy: AttentionDiscrepancy): string {
  const head = ['layer', 'words', 'clip', 'gap', 'clip', 'words', 'gap'];
  const line = (cells: readonly string[]) =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(9) : cell.padStart(index === 4 ? 11 : 9))).join('');
  const groups = `${' '.repeat(9)}${'words attend to'.padStart(18)}${'the clip attends to'.padStart(33)}`;
  return `${[groups, line(head), ...attentionRows(discrepancy).map(line)].join('\n')}\n`;
}

/** Plot and table for a page. */
export function attentionSection({ discrepancy, light, dark }: AttentionFigure): Markup {
  const rows = attentionRows(discrepancy).map(
    ([layer, ...cells]) => html`<tr><th scope="row">${layer}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>\n`,
  );
  return html`<h3>How unevenly the model attends</h3>
<p class="faint">${explanation}</p>
<picture class="plot"><source media="(prefers-color-scheme: dark)" srcset="${dataAddress(dark)}"><img src="${dataAddress(light)}" alt="${describe(discrepancy)}"></picture>
<table class="attention">
<thead><tr><th scope="col">layer</th><th scope="col">words to words</th><th scope="col">words to clip</th><th scope="col">gap</th><th scope="col">clip to clip</th><th scope="col">clip to words</th><th scope="col">gap</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
`;
}

/** What the plot shows, for those who do not see it. */
function describe({ layers, averageGap }: AttentionDiscrepancy): string {
  return `Attention in ${layers.length} layers; average gap ${share(averageGap.text)} for words, ${share(averageGap.visual)} for the clip`;
}

const activation = (value: number | null): string => (value === null ? '–' : value.toFixed(4));
const share = (gap: number | null): string => (gap === null ? '–' : percent(gap));
const dataAddress = (svg: string): string => `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
