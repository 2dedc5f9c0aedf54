// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { fileURLToPath } from 'node:url';
import { NanoEmoxError } from '@nano-emox/tensor-contract';
import { folder } from '@nano-emox/weights-tiny';
import { NanoEmoX } from 'nano-emox';

const model = await NanoEmoX.fromPretrained(folder);
const clip = fileURLToPath(new URL('../assets/sample-clip.mp4', import.meta.url));
const words = 'Ha ha, I passed my maths exam with the best mark of all.';

const { tasks, modalities, evidence } = await model.analyze(clip, { words, tasks: ['mer', 'ovMer'] });
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
