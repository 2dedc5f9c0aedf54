/**
 * Measures the shipped model and writes the scores beside its card: `node scripts/evaluate.mjs [measurement …] [--model folder]
 * [--scores file] [--limit n] [--seed n] [--run folder] [--cache folder] [--data folder]` after `pnpm build`. A measurement that
 * was stopped continues. Then `model-card.mjs` puts the scores into the card.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as recipe from '../dist/index.js';
import * as usual from './folders.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', default: join(usual.weightsPackage, 'model') },
    scores: { type: 'string', default: join(usual.weightsPackage, 'scores.json') },
    limit: { type: 'string' },
    seed: { type: 'string', default: '1' },
    run: { type: 'string', default: usual.runFolder },
    cache: { type: 'string' },
    data: { type: 'string', default: usual.dataFolder },
  },
});
const faceHead = join(values.run, 'face-encoder', 'head');
const { scores } = await recipe.evaluateTiny({
  model: values.model,
  dataFolder: values.data,
  cacheFolder: values.cache ?? join(values.run, 'cache'),
  scoresPath: values.scores,
  seed: Number(values.seed),
  command: ['node packages/recipes/scripts/evaluate.mjs', ...positionals].join(' '),
  ...(positionals.length > 0 && { only: positionals }),
  ...(values.limit && { limit: Number(values.limit) }),
  ...(existsSync(faceHead) && { faceHead }),
  onEvent: (event) => {
    if (event.type !== 'measurement-delta') console.log(JSON.stringify({ ...event, scores: undefined }));
  },
});
console.log(recipe.scoresText(scores));
