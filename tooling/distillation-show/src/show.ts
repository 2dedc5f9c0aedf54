// biome-ignore-all lint/suspicious/noConsole: a program that tells how far it is
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openExecutor } from '@nano-emox/engine/runtime';
import { writeFileAtomic } from '@nano-emox/engine/weights';
import type { FloatTensor } from '@nano-emox/tensor-contract';
import { folder as tinyFolder } from '@nano-emox/weights-tiny';
import { NanoEmoX } from 'nano-emox';
import { accuracyOf, answeredRows, type PartRows, runExperiment } from './experiment';
import { ExpressionTeacher } from './expression-teacher';
import { type Face, readFaces } from './faces';
import { type EncoderName, encoderFeatures, languageModelAnswers } from './model-rows';
import { cachedRows } from './row-cache';
import { keepSettings, modelHash } from './run-settings';
import { reportOf } from './table';

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: 'runs/distillation' },
    data: {
      type: 'string',
      default: process.env.NANO_EMOX_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url)),
    },
    model: { type: 'string', default: tinyFolder },
    encoder: { type: 'string', default: 'face' },
    teacher: { type: 'string', multiple: true, default: [] },
    rows: { type: 'string', default: 'Infinity' },
    'gate-rows': { type: 'string', default: '3000' },
    seeds: { type: 'string', default: '3' },
    epochs: { type: 'string', default: '30' },
    threads: { type: 'string' },
  },
});
const encoder = values.encoder as EncoderName;
if (encoder !== 'face' && encoder !== 'scene') throw new Error(`--encoder is face or scene, not ${values.encoder}`);
const [seeds, epochs] = [Number(values.seeds), Number(values.epochs)];
const { rows: rowCount, 'gate-rows': gateRows } = values;

const faces = await readFaces(values.data, Number(rowCount), Number(gateRows));
const answeredTest = faces.test.slice(0, Math.ceil(Number(gateRows) / 3));
console.log(`pictures: ${faces.train.length} heads, ${faces.gate.length} gates, ${faces.test.length} test`);

const executor = await openExecutor(values.threads === undefined ? {} : { threads: Number(values.threads) });
const model = await NanoEmoX.fromPretrained(values.model, { executor });
await keepSettings(values.folder, { rows: rowCount, gateRows, epochs: values.epochs, model: modelHash(model) });
const teacher = await ExpressionTeacher.open(join(values.folder, 'teacher.safetensors'), values.teacher);

/** Computes or reads the rows of one kind, and says how it goes. */
async function rowsOf(kind: string, part: readonly Face[], compute: (faces: readonly Face[]) => Promise<FloatTensor>) {
  const startedMs = performance.now();
  const rows = await cachedRows(join(values.folder, kind), part, compute, (done) => {
    if (done % 1024 === 0) console.log(`${kind}: ${done} of ${part.length}`);
  });
  const spentMs = (performance.now() - startedMs) / Math.max(1, part.length);
  console.log(`${kind}: ${part.length} pictures, ${spentMs.toFixed(1)} ms each`);
  return rows;
}

async function readPart(name: string, part: readonly Face[], answered: readonly Face[]): Promise<PartRows> {
  const features = await rowsOf(`${encoder}-${name}`, part, (some) => encoderFeatures(model, encoder, some));
  const said = await teacher.logits(part, (asked, unknown) => console.log(`teacher-${name}: ${asked} of ${unknown}`));
  const labels = part.map(({ label }) => label);
  if (answered.length === 0) return { labels, features, teacher: said };
  const answer = await rowsOf(`answers-${name}`, answered, (some) => languageModelAnswers(model, some));
  return { labels, features, teacher: said, answer };
}

const rows = {
  train: await readPart('train', faces.train, []),
  gate: await readPart('gate', faces.gate, faces.gate),
  test: await readPart('test', faces.test, answeredTest),
};
const parts = Object.values(model.components) as {
  readonly weights?: ReadonlyMap<string, { data: ArrayLike<unknown> }>;
}[];
const sizes = parts.flatMap(({ weights }) => [...(weights?.values() ?? [])].map(({ data }) => data.length));

const results = await runExperiment(rows, {
  ...{ folder: join(values.folder, encoder), seeds, epochs, executor },
  onResult: ({ group, name, seed, accuracy }, isNew) =>
    console.log(`${group} ${name}, seed ${seed}: ${(100 * accuracy).toFixed(2)} %${isNew ? '' : ' (on disk)'}`),
});

const answered = answeredRows(rows.test);
const report = reportOf(results, {
  teacher: accuracyOf(rows.test.teacher, rows.test.labels),
  languageModel: accuracyOf(answered.answer as FloatTensor, answered.labels),
  teacherOnGateRows: accuracyOf(answered.teacher, answered.labels),
  modelParameters: sizes.reduce((sum, size) => sum + size, 0),
  description:
    `Features of the ${encoder} encoder, T 2, α 0 / 0.5 / 1, ${epochs} epochs, best of them on a tenth of the training pictures. ` +
    `${faces.train.length} pictures for heads, ${faces.gate.length} others for gates, ${faces.test.length} of PublicTest for heads and ${answeredTest.length} of these for gates.`,
});
const path = join(values.folder, `${encoder}.md`);
await writeFileAtomic(path, report);
console.log(`\n${report}\nwritten to ${path}`);
await model.dispose();
await executor.dispose();
