// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { answerVectors, distillHead, emotionLabelSets, trainGate } from '@nano-emox/distillation';
import { floatTensor } from '@nano-emox/tensor-contract';

// Features of a frozen encoder and what a teacher says about the same 240 pictures; here both are made up around the classes.
const classes = emotionLabelSets.flickr; // negative, positive
const labels = Array.from({ length: 240 }, (_, row) => classes[row % 2] as string);
const sign = (row: number) => (row % 2 === 0 ? -1 : 1);
const noise = (at: number) => 2 * Math.sin(12.9898 * at * at);
const features = floatTensor(
  new Float32Array(240 * 16).map((_, at) => 0.5 * sign(at >> 4) + noise(at)),
  [240, 16],
);
const teacherLogits = floatTensor(
  new Float32Array(240 * 2).map((_, at) => sign(at) * sign(at >> 1)),
  [240, 2],
);

const { head, best } = await distillHead({ features, labels, teacherLogits, classes, seed: 1 });
console.log('right on validation rows:', best.validation.accuracy.toFixed(2));

// A gate weighs the head against the answers of a language model, some of which could not be read.
const answer = answerVectors(
  labels.map((label, row) => (row % 5 === 0 ? undefined : label)),
  classes,
);
const headLogits = await head.logits(features);
const { gate } = await trainGate({ headLogits, answer, labels, classes, type: 'concat', seed: 1 });
const probabilities = await gate.predict({ headLogits, answer });
console.log('gate', gate.config.labels, probabilities.dims);

const noLogits = floatTensor(new Float32Array(480).fill(Number.NaN), [240, 2]);
await distillHead({ features, labels, classes, teacherLogits: noLogits }).catch((error) => console.log(error.code));
await head.dispose();
await gate.dispose();
