import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { bindWeights, type Executor } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { writeSafetensors } from '@nano-emox/engine/weights';
import type { TextTokenizer } from '@nano-emox/lm-lora';
import {
  type Curriculum,
  type DataSet,
  type Phase,
  type TrainableModel,
  TrainingRun,
  trainCurriculum,
  type Validation,
} from '@nano-emox/p2e';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import type { EmotionSample } from 'nano-emox/training';
import { emotionDataSets } from '../samples/emotion-data-sets';
import type { EmotionSource } from '../sources/emotion-source';
import { lossJudge } from './loss-validation';
import { partsOfModel } from './pretrained-folders';
import { saveEmotionModel } from './save-model';
import { readTokenizer, trainableNetwork } from './trainable-network';
import type { TrainEmotionModelOptions, TrainedEmotionModel } from './training-options';

/** Samples of each data set that a verdict looks at, unless told otherwise. */
const SAMPLES_PER_SET = 48;

/**
 * Trains adapters, fusion and LoRA by a curriculum on the features of frozen encoders, and saves a model that loads. The run
 * folder holds configuration, metrics, curves, report, checkpoints and `model/`; called again with the same options, a run
 * that was stopped in whatever way continues to the same bits, and one that is done returns its result.
 * @throws InvalidConfigError, RunConfigMismatchError (the folder has another run), InvalidArgumentError (a mixture names a data
 *   set that no source has), MissingFileError, InvalidFileError, WeightsMismatchError, NonFiniteError, AbortedError (a
 *   checkpoint was written)
 * @example
 * const { modelFolder } = await trainEmotionModel({ config, pretrained: './model', curriculum, sources, seed: 1, runFolder });
 * const model = await NanoEmoX.fromPretrained(modelFolder);
 */
export async function trainEmotionModel(options: TrainEmotionModelOptions): Promise<TrainedEmotionModel> {
  const { config, curriculum, seed, runFolder, device, threads, about, signal, onEvent = () => undefined } = options;
  const pretrained = typeof options.pretrained === 'string' ? partsOfModel(options.pretrained) : options.pretrained;
  const tokenizer = await readTokenizer(pretrained.languageModel);
  const model = startedFrom(await trainableNetwork(config, pretrained.languageModel, seed), options.startWeights);
  const dataSets = await questionsOf(options.sources, tokenizer, options);
  requireDataSets(curriculum, dataSets);
  const heldOut = await questionsOf(options.validationSources ?? [], tokenizer, options);
  const { evaluate: _, ...validation } = options.validation ?? {};
  const judging = Object.keys(validation).length > 0 && { validation };
  const settings = { model: config, curriculum, ...judging, ...about };
  const run = await TrainingRun.open({ folder: runFolder, config: settings, seed });
  const executor = await openExecutor({ ...(device && { device }), ...(threads && { threads }) }).catch(
    async (error) => {
      await run.dispose();
      throw error;
    },
  );
  try {
    const checkpointFolder = join(runFolder, 'checkpoints');
    await mkdir(checkpointFolder, { recursive: true });
    const weights = await trainCurriculum({
      curriculum,
      model,
      dataSets,
      executor,
      seed,
      checkpointFolder,
      ...(options.checkpointEverySteps && { checkpointEverySteps: options.checkpointEverySteps }),
      validations: validationsOf(options, heldOut, executor),
      onEvent: (event) => {
        run.record(event);
        onEvent(event);
      },
      ...(signal && { signal }),
    });
    await run.finish();
    await writeSafetensors(join(runFolder, 'weights.safetensors'), weights);
    const modelFolder = join(runFolder, 'model');
    await saveEmotionModel(modelFolder, { ...options, pretrained, weights, tokenizer, executor });
    return { modelFolder, weights };
  } finally {
    await run.dispose();
    await executor.dispose();
  }
}

/** @throws WeightsMismatchError for weights that the network does not have, or has in other sizes */
function startedFrom(
  model: TrainableModel<EmotionSample>,
  startWeights: TrainEmotionModelOptions['startWeights'],
): TrainableModel<EmotionSample> {
  if (!startWeights) return model;
  return { ...model, weights: bindWeights('startWeights', model.graph, new Map([...model.weights, ...startWeights])) };
}

async function questionsOf(
  sources: readonly EmotionSource[],
  tokenizer: TextTokenizer,
  { config, samples = {}, seed, onEvent, signal }: TrainEmotionModelOptions,
): Promise<DataSet<EmotionSample>[]> {
  const sets: DataSet<EmotionSample>[] = [];
  for (const source of sources) {
    const wording = typeof samples === 'function' ? samples(source) : samples;
    const report = { ...(onEvent && { onEvent }), ...(signal && { signal }) };
    sets.push(...(await emotionDataSets(source, tokenizer, config, { seed, ...wording, ...report })));
  }
  return sets;
}

/** Said before anything is computed: the trainer would say it at the first phase that draws the set. */
function requireDataSets({ phases }: Curriculum, dataSets: readonly DataSet<EmotionSample>[]): void {
  const known = dataSets.map(({ name }) => name);
  const absent = phases.flatMap(({ mixture }) =>
    Object.keys(mixture).filter((name) => (mixture[name] ?? 0) > 0 && !known.includes(name)),
  );
  if (absent.length === 0) return;
  throw new InvalidArgumentError({
    message: `trainEmotionModel: the mixtures name ${[...new Set(absent)].join(', ')}, of which no source has samples`,
    hint: known.length > 0 ? `The sources give ${known.join(', ')}.` : 'The sources give no samples at all.',
    argument: 'curriculum',
  });
}

function validationsOf(
  options: TrainEmotionModelOptions,
  dataSets: readonly DataSet<EmotionSample>[],
  executor: Executor,
): Record<string, Validation> {
  const { config, seed, validation = {} } = options;
  const samplesPerSet = validation.samplesPerSet ?? SAMPLES_PER_SET;
  const judgeOf = (phase: Phase) =>
    validation.evaluate ?? lossJudge(phase, { config, dataSets, executor, seed, samplesPerSet });
  return Object.fromEntries(
    options.curriculum.phases.flatMap((phase) => {
      const evaluate = judgeOf(phase);
      if (!evaluate) return [];
      const everySteps = validation.everySteps ?? Math.ceil(phase.steps / 4);
      return [[phase.name, { everySteps, evaluate, ...(validation.patience && { patience: validation.patience }) }]];
    }),
  );
}
