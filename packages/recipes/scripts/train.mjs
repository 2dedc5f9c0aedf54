/**
 * Runs single stages of the tiny recipe in the maintainers' run folder, where `nano-emox train` runs all of them:
 * `node scripts/train.mjs <stage …> [--seed n] [--steps-scale x] [--run folder] [--cache folder] [--data folder]` after
 * `pnpm build`. Stages: face-encoder, scene-encoder, audio-encoder, language-model, curriculum. A stage that was stopped
 * continues from its checkpoint. Then `publish-weights.mjs` puts the model into the package that ships it.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as recipe from '../dist/index.js';
import * as usual from './folders.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    'steps-scale': { type: 'string', default: '1' },
    run: { type: 'string', default: usual.runFolder },
    cache: { type: 'string' },
    data: { type: 'string', default: usual.dataFolder },
  },
});
const unknown = positionals.filter((name) => !recipe.tinyStages.includes(name));
if (unknown.length > 0 || positionals.length === 0) {
  throw new RangeError(`no stage ${unknown}; there are ${recipe.tinyStages.join(', ')}`);
}
const options = {
  runFolder: values.run,
  cacheFolder: values.cache ?? join(values.run, 'cache'),
  dataFolder: values.data,
  seed: Number(values.seed),
  stepsScale: Number(values['steps-scale']),
  onEvent: (event) => {
    if (event.type !== 'step-end' || event.step % 20 === 0) console.log(JSON.stringify(event));
  },
};
for (const stage of positionals) {
  if (stage !== 'curriculum') await recipe.pretrainTiny(stage, options);
  else {
    const material = await recipe.prepareTiny(options, []);
    await recipe.trainTinyCurriculum(material, options).finally(() => material.dispose());
  }
}
