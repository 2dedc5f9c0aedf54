/**
 * Asks the expression network of face-api (MIT) about every training picture of FER2013 and writes the table that the face encoder is
 * distilled from: `node packages/recipes/scripts/face-teacher.mjs --data <folder> --cache <folder> --out teacher.safetensors` after
 * `pnpm build`. Takes about half an hour; the packages of media's face detector have to be installed.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeTeacherTable } from '@nano-emox/distillation';
import { loadFaces, pictureId } from '../dist/index.js';

const { values } = parseArgs({
  options: { data: { type: 'string' }, cache: { type: 'string' }, out: { type: 'string' } },
});
// face-api is an optional peer of the media package, and found from there.
const require = createRequire(createRequire(import.meta.url).resolve('@nano-emox/media'));
const { tf, nets } = require('@vladmandic/face-api/dist/face-api.node-wasm.js');
await tf.setBackend('wasm');
await tf.ready();
await nets.faceExpressionNet.loadFromDisk(join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'model'));

/** Its classes in the order of its logits, in our words. */
const classes = ['neutral', 'happy', 'sad', 'anger', 'fear', 'disgust', 'surprise'];
const { train } = await loadFaces({ cacheFolder: values.cache, dataFolder: values.data });
const side = train.size;
const rows = new Map();
for (let index = 0; index < train.count; index++) {
  const id = pictureId(train, index);
  if (rows.has(id)) continue;
  const grey = train.pixels.subarray(index * side * side, (index + 1) * side * side);
  const picture = tf.tensor3d(
    Uint8Array.from({ length: 3 * grey.length }, (_, at) => grey[Math.floor(at / 3)]),
    [side, side, 3],
    'int32',
  );
  const logits = await nets.faceExpressionNet.forward([picture]);
  rows.set(id, await logits.data());
  tf.dispose([picture, logits]);
  if (index % 1000 === 999) process.stdout.write(`${index + 1} of ${train.count}\n`);
}
const data = new Float32Array(rows.size * classes.length);
for (const [row, logits] of [...rows.values()].entries()) data.set(logits, row * classes.length);
await writeTeacherTable(values.out, {
  classes,
  ids: [...rows.keys()],
  logits: { type: 'float32', dims: [rows.size, classes.length], data },
});
