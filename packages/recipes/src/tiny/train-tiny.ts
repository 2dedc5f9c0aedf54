import { join } from 'node:path';
import { curricula } from '@nano-emox/p2e';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import { changeModelConfig } from 'nano-emox/training';
import { scaleSteps } from '../train/scaled-steps';
import { trainEmotionModel } from '../train/train-emotion-model';
import type { TrainedEmotionModel } from '../train/training-options';
import { prepareTiny } from './prepare-tiny';
import type { TinyMaterial, TrainTinyOptions } from './tiny-options';
import { tinyScale } from './tiny-scale';

/**
 * The tiny model from nothing: clips are rendered, three encoders and a language model pretrained on them and on whatever
 * public data there are, and the curriculum trained on their features. Called again with the same options, a run that was
 * stopped in whatever way continues.
 * @returns the model in `curriculum/model` of the run folder
 * @throws InvalidArgumentError, InvalidConfigError, RunConfigMismatchError (the folder has a run with other settings),
 *   InvalidFileError, NonFiniteError, AbortedError
 * @example
 * const { modelFolder } = await trainTinyFromNothing({ runFolder: 'runs/mine' });
 * const model = await NanoEmoX.fromPretrained(modelFolder);
 */
export async function trainTinyFromNothing(options: TrainTinyOptions): Promise<TrainedEmotionModel> {
  requireCurriculum(options);
  const material = await prepareTiny(options);
  try {
    return await trainTinyCurriculum(material, options);
  } finally {
    await material.dispose();
  }
}

/** The last stage: a curriculum on what {@link prepareTiny} has made. */
export async function trainTinyCurriculum(
  material: TinyMaterial,
  options: TrainTinyOptions,
): Promise<TrainedEmotionModel> {
  requireCurriculum(options);
  const { runFolder, curriculum = 'p2e', changes = {}, seed = 1, stepsScale = 1, onEvent } = options;
  const { patience, device, threads, signal } = options;
  onEvent?.({ type: 'stage-start', stage: 'curriculum' });
  const trained = await trainEmotionModel({
    config: changeModelConfig(material.config, changes),
    pretrained: material.pretrained,
    curriculum: curricula[curriculum](material.mixtures, scaleSteps(tinyScale, stepsScale)),
    sources: material.sources,
    validationSources: material.validationSources,
    samples: material.samples,
    seed,
    runFolder: join(runFolder, 'curriculum'),
    checkpointEverySteps: 100,
    ...(patience !== undefined && { validation: { patience } }),
    ...(device && { device }),
    ...(threads && { threads }),
    ...(signal && { signal }),
    ...(onEvent && { onEvent }),
  });
  onEvent?.({ type: 'stage-end', stage: 'curriculum' });
  return trained;
}

function requireCurriculum({ curriculum = 'p2e' }: TrainTinyOptions): void {
  if (Object.hasOwn(curricula, curriculum)) return;
  throw new InvalidArgumentError({
    message: `there is no curriculum ${curriculum}`,
    hint: `The curricula are ${Object.keys(curricula).join(', ')}.`,
    argument: 'curriculum',
  });
}
