import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Adapter } from '@nano-emox/adapters';
import { AudioEncoder } from '@nano-emox/audio-encoder';
import { type Executor, initializeWeights, traceModule } from '@nano-emox/engine';
import { FORMAT_VERSION, openExecutor, readModelFolder, type SaveOptions } from '@nano-emox/engine/runtime';
import {
  matricesAsInt8,
  prefixWeights,
  readJsonFile,
  scopeWeights,
  writeFileAtomic,
  writeSafetensors,
} from '@nano-emox/engine/weights';
import { FaceEncoder } from '@nano-emox/face-encoder';
import { FusionExperts } from '@nano-emox/fusion-experts';
import { buildSequence, CausalLanguageModel, TextTokenizer, type TokenizerJson } from '@nano-emox/lm-lora';
import {
  type CurriculumScale,
  type DataSet,
  p2eCurriculum,
  type TrainableModel,
  trainCurriculum,
} from '@nano-emox/p2e';
import { SceneEncoder } from '@nano-emox/scene-encoder';
import type { HostTensor } from '@nano-emox/tensor-contract';
import { componentFolders, type EmotionModelConfig, presets } from 'nano-emox';
import {
  collateEmotionBatch,
  type EmotionSample,
  emotionNetwork,
  softTokenCounts,
  weightRoots,
} from 'nano-emox/training';
import { repositoryRoot } from '../data/shared-data';
import { tinyPrompt } from '../data/tiny-prompt';
import { sampleSets, type TrainingSample, tinyMixtures } from '../data/training-samples';
import { loadFeatures } from './extract-features';
import type { PretrainOptions } from './pretrain-faces';
import { tokenizerPath } from './pretrain-language';
import { RunLog } from './train-classifier';

const config: EmotionModelConfig = presets.tiny;

/** Share of the sentiment and emotion questions on rendered clips that hide the words, so that face and voice must speak. */
const WORDLESS_SHARE = 0.3;
const wordlessTasks = ['msa', 'mer', 'ovMer'];

/** The paper's curriculum at the size of a laptop: a few hundred steps, learning rates for a model of six million weights. */
const tinyScale: CurriculumScale = {
  batchSize: 16,
  warmupSteps: 20,
  clipNorm: 1,
  steps: { 'perception-audio': 80, 'perception-visual': 80, 'understanding-fusion': 60, 'empathy-multitask': 240 },
  learningRates: {
    'perception-audio': { initial: 1e-3, minimum: 1e-4, warmup: 1e-5 },
    'perception-visual': { initial: 1e-3, minimum: 1e-4, warmup: 1e-5 },
    'understanding-fusion': { initial: 5e-4, minimum: 1e-4, warmup: 1e-5 },
    'empathy-multitask': { initial: 5e-4, minimum: 2e-5, warmup: 1e-5 },
  },
};

/** Runs the P2E phases on cached features and writes the whole model into `packages/weights-tiny/model`. */
export async function runCurriculum({ cacheFolder, runFolder, seed }: Omit<PretrainOptions, 'steps'>): Promise<void> {
  const executor = await openExecutor({ device: 'cpu' });
  try {
    const folder = join(runFolder, 'curriculum');
    await mkdir(folder, { recursive: true });
    const log = new RunLog(join(folder, 'log.jsonl'));
    const tokenizer = await readTokenizer();
    const model = await trainableModel(runFolder, seed);
    const dataSets = await emotionDataSets({ cacheFolder, runFolder, seed }, tokenizer, executor);
    const weights = await trainCurriculum({
      curriculum: p2eCurriculum(tinyMixtures, tinyScale),
      model,
      dataSets,
      executor,
      seed,
      checkpointFolder: folder,
      checkpointEverySteps: 100,
      onEvent: (event) => log.write(event),
    });
    await writeSafetensors(join(folder, 'weights.safetensors'), weights);
    await assembleModel(
      runFolder,
      weights,
      tokenizer,
      executor,
      join(repositoryRoot(), 'packages', 'weights-tiny', 'model'),
    );
  } finally {
    await executor.dispose();
  }
}

async function readTokenizer(): Promise<TextTokenizer> {
  const path = tokenizerPath();
  return TextTokenizer.fromJson((await readJsonFile(path)) as TokenizerJson, path);
}

/** The network above the encoders: fresh adapters, fusion and LoRA on the pretrained language model. */
async function trainableModel(runFolder: string, seed: number): Promise<TrainableModel<EmotionSample>> {
  const graph = traceModule(emotionNetwork, config);
  const language = await readModelFolder(join(runFolder, 'language-model', 'model'));
  const pretrained = prefixWeights(language.weights, weightRoots.languageModel);
  const weights = new Map<string, HostTensor>([...initializeWeights(graph, seed), ...pretrained]);
  return { graph, weights, collate: (samples) => collateEmotionBatch(samples, config) };
}

async function emotionDataSets(
  options: { cacheFolder: string; runFolder: string; seed: number },
  tokenizer: TextTokenizer,
  executor: Executor,
): Promise<DataSet<EmotionSample>[]> {
  const { rendered, voices, faces, features } = await loadFeatures(options, executor);
  const { specialTokens, maxPositions } = config.languageModel;
  const sequenceOptions = { tokenCounts: softTokenCounts(config), specialTokens, maxTokens: maxPositions };
  const toSample = (sample: TrainingSample): EmotionSample => ({
    features: features[sample.media].get(sample.index),
    sequence: buildSequence(tokenizer, segmentsOf(sample), sample.answer, sequenceOptions),
  });
  return sampleSets({ rendered, voices, faces }).map((set) => ({
    name: set.name,
    length: set.length,
    get: (index) => toSample(set.get(index)),
  }));
}

/** The prompt of a sample, without the words for a fixed share of the clips. */
function segmentsOf({ media, task, mode, index, segments }: TrainingSample): TrainingSample['segments'] {
  const isWordless =
    media === 'rendered' && wordlessTasks.includes(task) && (index * 7919) % 100 < 100 * WORDLESS_SHARE;
  return isWordless ? tinyPrompt(task, { mode, subtitle: '' }) : segments;
}

/** Writes every component under its own folder: encoders as int8 matrices, the rest as float16. */
async function assembleModel(
  runFolder: string,
  weights: ReadonlyMap<string, HostTensor>,
  tokenizer: TextTokenizer,
  executor: Executor,
  target: string,
): Promise<void> {
  const frozen = async (type: string) => (await readModelFolder(join(runFolder, type, 'model'))).weights;
  const named = (pattern: RegExp) => new Map([...weights].filter(([name]) => pattern.test(name)));
  const face = new Map([...(await frozen('face-encoder')), ...scopeWeights(weights, weightRoots.face)]);
  const shared = { executor };
  const half: SaveOptions = { storage: () => 'float16' };
  const quarter: SaveOptions = { storage: matricesAsInt8 };
  const parts = [
    [componentFolders.faceEncoder, await FaceEncoder.fromWeights(config.faceEncoder, face, shared), quarter],
    [
      componentFolders.sceneEncoder,
      await SceneEncoder.fromWeights(config.sceneEncoder, await frozen('scene-encoder'), shared),
      quarter,
    ],
    [
      componentFolders.audioEncoder,
      await AudioEncoder.fromWeights(config.audioEncoder, await frozen('audio-encoder'), shared),
      quarter,
    ],
    [componentFolders.videoAdapter, await Adapter.fromWeights(config.videoAdapter, named(/^video_/), shared), half],
    [componentFolders.audioAdapter, await Adapter.fromWeights(config.audioAdapter, named(/^audio_/), shared), half],
    [componentFolders.fusion, await FusionExperts.fromWeights(config.fusion, named(/^multi_/), shared), half],
    [
      componentFolders.languageModel,
      await CausalLanguageModel.fromWeights(config.languageModel, scopeWeights(weights, weightRoots.languageModel), {
        ...shared,
        tokenizer,
      }),
      half,
    ],
  ] as const;
  for (const [folder, part, storage] of parts) {
    await part.save(join(target, folder), storage);
    await part.dispose();
  }
  await writeFileAtomic(
    join(target, 'config.json'),
    `${JSON.stringify({ component: 'nano-emox', formatVersion: FORMAT_VERSION, ...config }, null, 2)}\n`,
  );
}
