import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  crossEntropy,
  defineModule,
  flattenRows,
  gather,
  initializeWeights,
  Random,
  traceModule,
} from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { readJsonFile } from '@nano-emox/engine/weights';
import {
  CausalLanguageModel,
  collateSequences,
  type DecoderConfig,
  decodeSequences,
  type LabelledSequence,
  languageModelHead,
  TextTokenizer,
  type TokenizerJson,
  tokenizePrompt,
} from '@nano-emox/lm-lora';
import { type DataSet, trainPhase } from '@nano-emox/p2e';
import { bool, f32, i64 } from '@nano-emox/tensor-contract';
import { presets } from 'nano-emox';
import { supervisedRows } from 'nano-emox/training';
import { loadRendered } from '../data/rendered';
import { repositoryRoot } from '../data/shared-data';
import { loadTaskTexts, type TaskText } from '../data/task-texts';
import { taskTextWeights, WeightedDraw } from '../data/weighted-draw';
import type { PretrainOptions } from './pretrain-faces';
import { RunLog } from './train-classifier';

/** The tiny model's decoder before the curriculum: the same sizes, no LoRA. */
export function plainDecoderConfig(): DecoderConfig {
  const { lora: _, ...config } = presets.tiny.languageModel as DecoderConfig;
  return config;
}

/** Folder of the tokenizer that ships with the weights. */
export const tokenizerPath = (): string =>
  join(repositoryRoot(), 'packages', 'weights-tiny', 'model', 'language-model', 'tokenizer.json');

/** Next-token loss over whole texts, prompt and answer. */
const languageNetwork = defineModule({
  name: 'LanguagePretraining',
  inputs: (_: DecoderConfig) => ({
    inputIds: i64('batch', 'time'),
    attentionMask: bool('batch', 'time'),
    spliceIndex: i64('batch', 'time'),
    softTokens: f32('batch', 'soft', 'hidden'),
    rows: i64('rows'),
    targets: i64('rows'),
  }),
  outputs: () => ({ loss: f32() }),
  forward({ rows, targets, ...sequences }, weights, config) {
    const { hidden } = decodeSequences(sequences, weights, config);
    return { loss: crossEntropy(languageModelHead(gather(flattenRows(hidden), rows), weights, config), targets) };
  },
});

/** Trains the decoder on the questions and answers of the six tasks, in words. */
export async function pretrainLanguageModel({ cacheFolder, runFolder, seed, steps }: PretrainOptions): Promise<void> {
  const config = plainDecoderConfig();
  const path = tokenizerPath();
  const tokenizer = TextTokenizer.fromJson((await readJsonFile(path)) as TokenizerJson, path);
  const { train: clips } = await loadRendered({ cacheFolder });
  const truths = Array.from({ length: clips.count }, (_, index) => clips.truth(index));
  const texts = await loadTaskTexts({ clips: truths });
  const draw = new WeightedDraw(taskTextWeights(texts.train));
  const random = new Random(seed);
  // The sampler's order is replaced by the weighted draw: every task and label gets its share.
  const set: DataSet<TaskText> = {
    name: 'task-texts',
    length: texts.train.length,
    get: () => texts.train[draw.draw(random)] as TaskText,
  };
  const graph = traceModule(languageNetwork, config);
  const folder = join(runFolder, 'language-model');
  await mkdir(folder, { recursive: true });
  const log = new RunLog(join(folder, 'log.jsonl'));
  const executor = await openExecutor({ device: 'cpu' });
  const sequenceOf = (text: TaskText): LabelledSequence => fullySupervised(tokenizer, text, config);
  const collate = (items: readonly TaskText[]) => {
    const { labels, ...sequences } = collateSequences(items.map(sequenceOf), 0);
    const softTokens = { type: 'float32', dims: [items.length, 0, config.hidden], data: new Float32Array(0) } as const;
    return { ...sequences, softTokens, ...supervisedRows(labels) };
  };
  try {
    const { weights } = await trainPhase({
      model: { graph, weights: initializeWeights(graph, seed), collate },
      phase: {
        name: 'language-model',
        mixture: { 'task-texts': 1 },
        trainable: [{ match: '', group: 'all' }],
        learningRates: { all: { initial: 2e-3, minimum: 5e-5, warmup: 1e-5 } },
        warmupSteps: 60,
        steps,
        batchSize: 32,
        weightDecay: 0.05,
        clipNorm: 1,
      },
      dataSets: [set],
      executor,
      seed,
      checkpointFolder: folder,
      checkpointEverySteps: 250,
      onEvent: (event) => log.write(event),
    });
    const model = await CausalLanguageModel.fromWeights(config, weights, { tokenizer, executor });
    await model.save(join(folder, 'model'));
    await model.dispose();
  } finally {
    await executor.dispose();
  }
}

/** `[bos] prompt answer [eos]` with every token after the first supervised. */
function fullySupervised(
  tokenizer: TextTokenizer,
  { segments, answer }: TaskText,
  { specialTokens }: DecoderConfig,
): LabelledSequence {
  const { inputIds } = tokenizePrompt(tokenizer, segments, {}, specialTokens.bos);
  inputIds.push(...tokenizer.encode(answer), ...specialTokens.eos.slice(0, 1));
  return { inputIds, spliceIndex: inputIds.map(() => -1), labels: inputIds };
}
