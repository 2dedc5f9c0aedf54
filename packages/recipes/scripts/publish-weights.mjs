/**
 * Puts a trained model into the package that ships it, `packages/weights-tiny/model`:
 * `node scripts/publish-weights.mjs [model folder]` after `pnpm build`. The model is loaded first; what does not load is not
 * published. Without an argument it is the one of the maintainers' run.
 */
import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { NanoEmoX } from 'nano-emox';
import { runFolder, weightsPackage } from './folders.mjs';

const source = process.argv[2] ?? join(runFolder, 'curriculum', 'model');
const target = join(weightsPackage, 'model');
const model = await NanoEmoX.fromPretrained(source, { device: 'cpu' });
const { preset } = model.config;
await model.dispose();
if (preset !== 'tiny') throw new RangeError(`the model in ${source} is of the preset ${preset}, not tiny`);

const [fresh, old] = [`${target}.fresh`, `${target}.old`];
await rm(fresh, { recursive: true, force: true });
await cp(source, fresh, { recursive: true });
await rename(target, old);
await rename(fresh, target);
await rm(old, { recursive: true });
console.log(`${source} → ${target}`);
