/**
 * Epochs over rendered clips with the tiny model; each line `step` asks for the next one. argv: what an epoch is (`features`,
 * or `training`: these and the steps of phase 2), folder of the rendered clips, their number, folder of the features, threads.
 */
import { EventEmitter, on } from 'node:events';
import { initializeWeights } from '@nano-emox/engine';
import { openOnnxRuntimeNode } from '@nano-emox/engine/onnxruntime-node';
import { p2eCurriculum, paperMixtures, type TrainingEvent, trainPhase } from '@nano-emox/p2e';
import { type EmotionSource, emotionDataSets, loadRendered } from '@nano-emox/recipes';
import { NanoEmoX } from 'nano-emox';
import { collateEmotionBatch, type EmotionSample } from 'nano-emox/training';
import { emotionGraph } from '../emotion/emotion-problem';
import { type Sample, startTimer, timed } from '../measure/contestant';
import { serveSteps } from '../measure/serve-steps';
import { renderedSource } from './rendered-source';

const BATCH = 4;
const MOST_EPOCHS = 100;

const [kind, clipsFolder = '', countText, featuresFolder = '', threadsText] = process.argv.slice(2);
const threads = Number(threadsText);
const model = await NanoEmoX.fromPretrained('tiny', { threads });
const { train: clips } = await loadRendered({ cacheFolder: clipsFolder, trainCount: Number(countText), threads: 0 });
const source = await renderedSource(model, clips, featuresFolder);
const runEpoch = kind === 'training' ? await trainingEpochs(source) : () => timed(() => readFeatures(source));
await serveSteps({
  name: `epochs of ${clips.count} clips`,
  details: `${model.device}`,
  run: runEpoch,
  dispose: () => model.dispose(),
});

/** Features of all clips, a batch at a time, as a trainer asks for them. */
async function readFeatures({ length, features }: EmotionSource): Promise<undefined> {
  for (let first = 0; first < length; first += BATCH) {
    const indices = Array.from({ length: Math.min(BATCH, length - first) }, (_, index) => first + index);
    await Promise.all(indices.map((index) => features(index)));
  }
  return undefined;
}

/** Phase 2 of the curriculum, asking every clip for its emotion. Training goes on by itself; a call waits for an epoch to end. */
async function trainingEpochs(source: EmotionSource): Promise<() => Promise<Sample>> {
  const { config, components } = model;
  const dataSets = await emotionDataSets(source, components.languageModel.tokenizer, config, { paraphrases: 'first' });
  const dataSet = dataSets.find(({ name }) => name.endsWith('/mer'));
  const phase = p2eCurriculum(paperMixtures).phases.find(({ name }) => name === 'understanding-fusion');
  if (!dataSet || !phase) throw new Error('the clips show no emotion, or the curriculum has no such phase');
  const stepsPerEpoch = Math.ceil(dataSet.length / BATCH);
  const graph = emotionGraph(config);
  const network = {
    graph,
    weights: initializeWeights(graph, 1),
    collate: (samples: readonly EmotionSample[]) => collateEmotionBatch(samples, config),
  };
  const epochs = new EventEmitter();
  const samples = on(epochs, 'sample');
  let elapsed = startTimer();
  const onEvent = (event: TrainingEvent) => {
    if (event.type === 'step-end' && event.step % stepsPerEpoch === 0) epochs.emit('sample', elapsed());
    else if (event.type !== 'phase-start') return;
    elapsed = startTimer();
  };
  const train = async () => {
    const executor = await openOnnxRuntimeNode({ threads });
    const steps = MOST_EPOCHS * stepsPerEpoch;
    const settings = { ...phase, mixture: { [dataSet.name]: 1 }, batchSize: BATCH, steps, warmupSteps: 0 };
    await trainPhase({ model: network, phase: settings, dataSets: [dataSet], executor, seed: 1, onEvent });
  };
  void train().catch((error) => epochs.emit('error', error));
  return async () => ((await samples.next()).value as [Sample])[0];
}
