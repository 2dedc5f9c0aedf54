// biome-ignore-all lint/suspicious/noConsole: a program that prints a table
import { parseArgs } from 'node:util';
import { type DecoderConfig, presets } from '@nano-emox/lm-lora';
import { countedCosts } from './counted-cost';
import { timedCosts } from './timed-cost';
import { type Variant, variantNames } from './variants';

const { values } = parseArgs({
  options: {
    preset: { type: 'string', default: 'tiny' },
    tokens: { type: 'string', default: '64,128,256,512' },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: '1' },
  },
});
const config: DecoderConfig | undefined = presets[values.preset as keyof typeof presets];
const tokens = values.tokens.split(',').map(Number);
if (!config) throw new Error(`--preset is one of ${Object.keys(presets).join(', ')}, not ${values.preset}`);
if (!tokens.every((count) => Number.isSafeInteger(count) && count > 0 && count % 2 === 0)) {
  throw new Error(`--tokens is a list of even numbers, not ${values.tokens}`);
}

/** A Markdown table of one quantity: a line for each number of tokens, a column for each variant, and what duplex adds. */
function tableOf(
  title: string,
  rows: readonly { readonly tokens: number; readonly of: Readonly<Record<Variant, number>> }[],
  digits: number,
): string {
  const cells = rows.map(({ tokens: count, of }) => {
    const shown = [...variantNames.map((variant) => of[variant]), of.duplex - of.plain].map((value) =>
      value.toFixed(digits),
    );
    return `| ${[count, ...shown].join(' | ')} |`;
  });
  const names = ['tokens', ...variantNames, 'duplex − plain'];
  return [`${title}:`, '', `| ${names.join(' | ')} |`, `|${names.map(() => '---').join('|')}|`, ...cells, ''].join(
    '\n',
  );
}

const counted = countedCosts(config, tokens);
const kiloFlops = counted.map(({ tokens: count, flopsPerToken: of }) => ({
  tokens: count,
  of: Object.fromEntries(variantNames.map((variant) => [variant, of[variant] / 1000])) as Record<Variant, number>,
}));
console.log(tableOf('Thousand multiplications and additions of matrix products per token read', kiloFlops, 1));
const timed = await timedCosts(config, tokens, { rounds: Number(values.rounds), threads: Number(values.threads) });
console.log(
  tableOf(
    'Milliseconds per token read',
    timed.map(({ tokens: count, readMs: of }) => ({ tokens: count, of })),
    3,
  ),
);
console.log(
  tableOf(
    'Milliseconds per token written behind them',
    timed.map(({ tokens: count, writeMs: of }) => ({ tokens: count, of })),
    3,
  ),
);
