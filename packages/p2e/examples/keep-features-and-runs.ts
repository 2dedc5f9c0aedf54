// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { comparisonTable, comparisonText, contentHashOf, FeatureCache, producerOf, TrainingRun } from '@nano-emox/p2e';
import { floatTensor } from '@nano-emox/tensor-contract';

const folder = await mkdtemp(join(tmpdir(), 'p2e-'));

// Whatever determines the features names their producer; the bytes of the clip are the key.
const producer = producerOf({
  config: { width: 4 },
  weights: new Map([['scale', floatTensor(Float32Array.of(0.1), [1])]]),
});
const cache = await FeatureCache.open({ folder: join(folder, 'features'), producer });
const clip = Uint8Array.of(1, 2, 3);
for (let epoch = 1; epoch <= 2; epoch++) {
  const features = await cache.read(await contentHashOf(clip), async () => ({
    scene: floatTensor(
      Float32Array.from(clip, (byte) => 0.1 * byte),
      [1, 3],
    ),
  }));
  const { hits, misses } = cache.stats();
  console.log(`epoch ${epoch}: ${features.scene?.data[0]}, ${hits} hits, ${misses} misses`);
}
await cache.dispose();

const run = await TrainingRun.open({ folder: join(folder, 'run'), config: { steps: 1 }, seed: 1 });
run.record({ type: 'phase-start', phase: 'perception', step: 0, steps: 1, trainedParameters: 2 }); // as onEvent of trainPhase
run.record({ type: 'phase-end', phase: 'perception', step: 1, reason: 'steps' });
await run.finish();
console.log((await readdir(run.folder)).sort().join(', '));

const results = [
  { name: 'p2e', seed: 1, metrics: { hitRate: 0.52 } },
  { name: 'p2e', seed: 2, metrics: { hitRate: 0.56 } },
  { name: 'joint', seed: 1, metrics: { hitRate: 0.5 } },
];
console.log(comparisonText(comparisonTable(results)));
await rm(folder, { recursive: true });
