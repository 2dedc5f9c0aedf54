// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emotionLabelSets, readInstructions, templateDescriber, writeInstructions } from '@nano-emox/distillation';

const samples = [
  { id: 'fi/1', media: { image: 'fi/train/awe/1.jpg' }, label: 'awe', clues: ['a high waterfall', 'a tiny person'] },
  { id: 'fi/2', media: { image: 'fi/train/fear/2.jpg' }, label: 'fear' },
];
const path = join(await mkdtemp(join(tmpdir(), 'instructions-')), 'fi.jsonl');
// endpointDescriber({ endpoint: 'http://localhost:8000/v1', model: '…' }) shows the pictures to a model instead.
const options = { path, samples, classes: emotionLabelSets.fi, describer: templateDescriber() };
console.log(await writeInstructions(options));
console.log(await writeInstructions(options)); // goes on where it was: nothing to do

for await (const { id, answer } of readInstructions(path)) console.log(id, '-', answer.slice(0, 64));
