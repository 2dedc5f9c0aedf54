/**
 * Makes the cached data sets and prints what is in them: `node scripts/prepare-data.mjs [part …] [--cache folder]` after
 * `pnpm build`. Parts: faces, voices, rendered, texts; all without arguments. What is cached already is only read.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as recipe from '../dist/index.js';
import { dataFolder, runFolder } from './folders.mjs';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { cache: { type: 'string' } } });
const cacheFolder = values.cache ?? join(runFolder, 'cache');
const emotions = ['anger', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise'];

const countLabels = (labels) =>
  emotions
    .map((emotion, index) => `${emotion} ${labels.reduce((sum, label) => sum + (label === index), 0)}`)
    .join(', ');

const parts = {
  async faces() {
    for (const [name, set] of Object.entries(await recipe.loadFaces({ cacheFolder, dataFolder }))) {
      console.log(`faces ${name}: ${set.count} (${countLabels(set.labels)})`);
    }
  },
  async voices() {
    for (const [name, set] of Object.entries(await recipe.loadVoices({ cacheFolder, dataFolder }))) {
      const minutes = set.samples.length / recipe.voiceSampleRateHz / 60;
      const speakers = new Set(set.speakers).size;
      const counts = countLabels(set.labels);
      console.log(`voices ${name}: ${set.count} of ${speakers} speakers, ${minutes.toFixed(0)} min (${counts})`);
    }
  },
  async rendered() {
    const onProgress = (ready, all) => process.stderr.write(`rendered ${ready} of ${all}\n`);
    for (const [name, set] of Object.entries(await recipe.loadRendered({ cacheFolder, onProgress }))) {
      const truths = Array.from({ length: set.count }, (_, index) => set.truth(index));
      const seconds = truths.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
      const counts = countLabels(truths.map(({ emotion }) => emotions.indexOf(emotion)));
      console.log(`rendered ${name}: ${set.count} clips, ${(seconds / 60).toFixed(0)} min (${counts})`);
    }
  },
  async texts() {
    const { train: clips } = await recipe.loadRendered({ cacheFolder });
    const truths = Array.from({ length: clips.count }, (_, index) => clips.truth(index));
    for (const [name, items] of Object.entries(await recipe.loadTaskTexts({ dataFolder, clips: truths }))) {
      const counts = new Map();
      for (const { task, source } of items) {
        const bySource = counts.get(task) ?? {};
        bySource[source] = (bySource[source] ?? 0) + 1;
        counts.set(task, bySource);
      }
      for (const [task, bySource] of counts) console.log(`texts ${name} ${task}: ${JSON.stringify(bySource)}`);
    }
  },
};

for (const name of positionals.length > 0 ? positionals : Object.keys(parts)) {
  const start = performance.now();
  await parts[name]();
  console.log(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
