/**
 * Runs one stage of the recipe: `node scripts/train.mjs <stage> [--steps n] [--seed n] [--run folder] [--cache folder]` after
 * `pnpm build`. A stage that was stopped continues from its checkpoint.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as recipe from '../dist/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { steps: { type: 'string' }, seed: { type: 'string' }, run: { type: 'string' }, cache: { type: 'string' } },
});
const runFolder = values.run ?? join(recipe.repositoryRoot(), 'runs', 'tiny');
const options = {
  runFolder,
  cacheFolder: values.cache ?? join(runFolder, 'cache'),
  seed: Number(values.seed ?? 1),
  ...(values.steps && { steps: Number(values.steps) }),
};
for (const name of positionals) {
  const stage = recipe.stages[name];
  if (!stage) throw new RangeError(`no stage ${name}; there are ${Object.keys(recipe.stages).join(', ')}`);
  await stage(options);
}
