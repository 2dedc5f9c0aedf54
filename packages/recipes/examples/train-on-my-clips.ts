// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trainOnCorpora } from '@nano-emox/recipes';
import { folder as tinyModel } from '@nano-emox/weights-tiny';
import { NanoEmoX } from 'nano-emox';
import { sampleClip } from 'nano-emox/sample-clip';

// A table of one's own: clips, a CSV file, and a dataset.json that says which column is what.
const mine = await mkdtemp(join(tmpdir(), 'my-clips-'));
for (const clip of ['one.mp4', 'two.mp4']) await copyFile(sampleClip.path, join(mine, clip));
await writeFile(join(mine, 'train.csv'), 'clip,text,emotion\none,I passed!,happy\ntwo,So you say.,neutral\n');
const description = {
  files: { train: 'train.csv' },
  id: '{clip}',
  subtitle: '{text}',
  media: { video: ['{clip}.mp4'] },
  targets: [{ task: 'mer', label: '{emotion}', labels: ['happy', 'neutral'] }],
};
await writeFile(join(mine, 'dataset.json'), JSON.stringify(description));

const { modelFolder } = await trainOnCorpora({
  from: tinyModel, // its encoders and its language model; adapters, fusion and LoRA begin anew
  dataSets: [{ name: 'my-clips', folder: mine }],
  runFolder: join(mine, 'run'),
  stepsScale: 0.001, // one step of each phase, for the example
  onEvent: (event) => {
    if (event.type === 'features-end') console.log(`${event.source}: ${event.totalClips} clips encoded`);
    if (event.type === 'step-end') console.log(`${event.phase}: step ${event.step} on ${event.dataSets}`);
  },
});
const model = await NanoEmoX.fromPretrained(modelFolder);
console.log(`a model of the preset ${model.config.preset}`);
await model.dispose();
await rm(mine, { recursive: true });
