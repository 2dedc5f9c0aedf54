import { join } from 'node:path';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import type { EmotionSource } from '../sources/emotion-source';
import { prepareTiny } from '../tiny/prepare-tiny';
import type { TinyEvent, TinyMaterial, TinyRecipeOptions } from '../tiny/tiny-options';
import { type AblationReport, ablate } from './ablate';
import type { AblateOptions, AblationEvent } from './ablate-options';
import { materialOfModel } from './model-material';

/** Options of {@link ablateTiny}. */
export interface AblateTinyOptions
  extends Omit<AblateOptions, 'base' | 'onEvent'>,
    Pick<TinyRecipeOptions, 'dataFolder' | 'cacheFolder' | 'clips' | 'renderThreads' | 'config'> {
  /**
   * Whose encoders and language model all runs start from: the folder of a model. @default they are pretrained first, in
   * `base` of the run folder, by the recipe of the tiny model
   */
  readonly from?: string;
  /** Run folder of `trainTinyFromNothing` whose pretrained parts are taken. @default none */
  readonly baseRun?: string;
  readonly onEvent?: (event: AblationEvent | TinyEvent) => void;
}

/**
 * Compares curricula and ablations of the tiny model on rendered clips, and on whatever public data there are.
 * @throws as {@link ablate} and `prepareTiny`
 */
export async function ablateTiny(options: AblateTinyOptions): Promise<AblationReport> {
  const { onEvent, signal, ...comparing } = options;
  const material = await openBase(options);
  try {
    const heldOut = material.validationSources.find(({ name }) => name === 'rendered') as EmotionSource;
    return await ablate({
      ...comparing,
      base: { ...material, heldOut },
      ...(signal && { signal }),
      ...(onEvent && { onEvent }),
    });
  } finally {
    await material.dispose();
  }
}

function openBase({ from, baseRun, runFolder, ...options }: AblateTinyOptions): Promise<TinyMaterial> {
  if (from !== undefined && baseRun !== undefined) {
    throw new InvalidArgumentError({
      message: 'ablateTiny: a model and a run are both given to start from',
      hint: 'Pass one of from and baseRun.',
      argument: 'baseRun',
    });
  }
  const { dataFolder, cacheFolder, clips, renderThreads, config, device, threads, stepsScale, signal, onEvent } =
    options;
  const shared = {
    ...(cacheFolder !== undefined && { cacheFolder }),
    ...(clips && { clips }),
    ...(renderThreads !== undefined && { renderThreads }),
    ...(device && { device }),
    ...(threads && { threads }),
    ...(signal && { signal }),
    ...(onEvent && { onEvent }),
  };
  if (from !== undefined) return materialOfModel({ from, folder: join(runFolder, 'base'), ...shared });
  const recipe = { ...shared, ...(dataFolder !== undefined && { dataFolder }), ...(config && { config }) };
  if (baseRun !== undefined) return prepareTiny({ ...recipe, runFolder: baseRun }, []);
  return prepareTiny({ ...recipe, runFolder: join(runFolder, 'base'), ...(stepsScale && { stepsScale }) });
}
