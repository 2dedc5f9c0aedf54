// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { NanoEmoxError } from '@nano-emox/tensor-contract';
import { NanoEmoX } from 'nano-emox';
import { sampleClip } from 'nano-emox/sample-clip';

const model = await NanoEmoX.fromPretrained('tiny'); // the weights in @nano-emox/weights-tiny
const { path, words } = sampleClip; // or your own

const { tasks, modalities, evidence } = await model.analyze(path, { words, tasks: ['mer', 'ovMer'] });
console.log('read:', modalities.join(', '), 'and words; face in', evidence.face?.framesWithFace, 'frames');
for (const [task, outcome] of Object.entries(tasks)) {
  if (outcome.status === 'parsed') console.log(task, outcome.value, `${Math.round(100 * outcome.confidence)} %`);
  else console.log(task, 'could not be read:', outcome.detail);
}

try {
  await model.analyze('absent.mp4');
} catch (error) {
  if (NanoEmoxError.isInstance(error)) console.log(error.code);
}
await model.dispose();
