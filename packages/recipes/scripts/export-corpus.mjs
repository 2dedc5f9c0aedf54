/**
 * Writes the texts that the tokenizer is trained on, one JSON array `[task, prompt, answer]` a line, drawn by the training
 * weights: `node scripts/export-corpus.mjs [output.jsonl] [--count n] [--cache folder]` after `pnpm build`.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '@nano-emox/engine';
import * as recipe from '../dist/index.js';
import { dataFolder, runFolder } from './folders.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { cache: { type: 'string' }, count: { type: 'string', default: '60000' } },
});
const output = positionals[0] ?? join(runFolder, 'corpus.jsonl');
const { train: clips } = await recipe.loadRendered({ cacheFolder: values.cache ?? join(runFolder, 'cache') });
const truths = Array.from({ length: clips.count }, (_, index) => clips.truth(index));
const { train } = await recipe.loadTaskTexts({ dataFolder, clips: truths });
const draw = new recipe.WeightedDraw(recipe.taskTextWeights(train));
const random = new Random(1);
const lines = Array.from({ length: Number(values.count) }, () => {
  const { task, segments, answer } = train[draw.draw(random)];
  return JSON.stringify([task, segments.map(({ text }) => text).join(''), answer]);
});
await mkdir(dirname(output), { recursive: true });
await recipe.writeAtomically(output, `${lines.join('\n')}\n`);
console.log(`${output}: ${lines.length} texts`);
