/**
 * Measures the shipped model and writes the scores beside its card: `node scripts/evaluate.mjs [measurement …] [--model folder]
 * [--scores file] [--limit n] [--seed n] [--run folder] [--cache folder] [--data folder]` after `pnpm build`. A measurement that
 * was stopped continues, and scores of other measurements of the same model stay. With `--model` or `--limit` nothing is
 * written unless `--scores` says where. `--run` is the run that made the model: its pretraining head then stands for a probe on
 * the faces. Then `model-card.mjs` puts the scores into the card.
 */
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '../../../scripts/lib/workspace.mjs';
import * as recipe from '../dist/index.js';
import * as usual from './folders.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string' },
    scores: { type: 'string' },
    limit: { type: 'string' },
    seed: { type: 'string' },
    run: { type: 'string' },
    cache: { type: 'string' },
    data: { type: 'string', default: usual.dataFolder },
  },
});
const isCardsOwn = values.model === undefined && values.limit === undefined;
const scoresPath = values.scores ?? (isCardsOwn ? join(usual.weightsPackage, 'scores.json') : undefined);
const faceHead = values.run && join(values.run, 'face-encoder', 'head');
const { scores } = await recipe.evaluateTiny({
  model: values.model ?? join(usual.weightsPackage, 'model'),
  dataFolder: values.data,
  cacheFolder: values.cache ?? join(values.run ?? usual.runFolder, 'cache'),
  seed: Number(values.seed ?? 1),
  command: commandText(),
  ...(scoresPath && { scoresPath }),
  ...(positionals.length > 0 && { only: positionals }),
  ...(values.limit && { limit: Number(values.limit) }),
  ...(faceHead && existsSync(faceHead) && { faceHead }),
  onEvent: (event) => {
    if (event.type !== 'measurement-delta') console.log(JSON.stringify({ ...event, scores: undefined }));
  },
});
console.log(recipe.scoresText(scores));

/** This program with the options on which a number depends, to be called from the root of the repository. */
function commandText() {
  const fromRoot = (path) => relative(repositoryRoot, resolve(path));
  const given = [
    ['--model', values.model && fromRoot(values.model)],
    ['--run', values.run && fromRoot(values.run)],
    ['--limit', values.limit],
    ['--seed', values.seed],
  ].flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
  return ['node packages/recipes/scripts/evaluate.mjs', ...given].join(' ');
}
