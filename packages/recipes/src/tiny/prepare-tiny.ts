import { join } from 'node:path';
import { openExecutor } from '@nano-emox/engine/runtime';
import { InvalidArgumentError, InvalidConfigError, throwIfAborted } from '@nano-emox/tensor-contract';
import { type EmotionModelConfig, presets, resolveModelConfig } from 'nano-emox';
import { findDataSets, type TinyDataSet } from '../data/data-sets';
import { loadFaces } from '../data/faces';
import { framesPerClip, loadRendered } from '../data/rendered';
import { loadVoices } from '../data/voices';
import { openEncoders } from '../sources/frozen-encoders';
import { pretrainFaceEncoder, pretrainSceneEncoder } from '../train/pretrain-faces';
import { pretrainLanguageModel } from '../train/pretrain-language';
import type { PretrainOptions } from '../train/pretrain-options';
import { pretrainAudioEncoder } from '../train/pretrain-voices';
import type { PretrainedFolders } from '../train/pretrained-folders';
import { scaledSteps } from '../train/scaled-steps';
import { availableMixtures } from './tiny-mixtures';
import { type TinyMaterial, type TinyRecipeOptions, type TinyStage, tinyStages } from './tiny-options';
import { type TinyMedia, tinySamples, tinySources } from './tiny-sources';

export type PretrainingStage = Exclude<TinyStage, 'curriculum'>;

/** The pretraining stages as data: who trains, for how many steps. */
const pretrainings: Readonly<
  Record<PretrainingStage, { readonly steps: number; readonly run: (options: PretrainOptions) => Promise<void> }>
> = {
  'face-encoder': { steps: 18_000, run: pretrainFaceEncoder },
  'scene-encoder': { steps: 400, run: pretrainSceneEncoder },
  'audio-encoder': { steps: 6000, run: pretrainAudioEncoder },
  'language-model': { steps: 3000, run: pretrainLanguageModel },
};
const pretrainingStages = tinyStages.filter((stage): stage is PretrainingStage => stage !== 'curriculum');

/** The clips that the committed weights are trained on and judged by. */
const usualClips = { train: 1600, validation: 160 } as const;
/** Below this some emotion has no clip. */
const FEWEST_CLIPS = 7;

/**
 * The recipe up to the curriculum: renders clips, pretrains the three encoders and the language model, and opens the sources
 * that every curriculum starts from. Stages that are done are read from the run folder.
 * @param only stages to run; those before them have to be done. @default all
 * @throws as `trainTinyFromNothing`
 */
export async function prepareTiny(
  options: TinyRecipeOptions,
  only: readonly PretrainingStage[] = pretrainingStages,
): Promise<TinyMaterial> {
  const prepared = await renderAndFind(options);
  for (const stage of only) await pretrainTiny(stage, options, prepared);
  return openMaterial(options, prepared);
}

/** Runs one pretraining stage, from its checkpoint where there is one. */
export async function pretrainTiny(
  stage: PretrainingStage,
  options: TinyRecipeOptions,
  prepared?: PreparedTiny,
): Promise<void> {
  const { config, clips, data, cacheFolder, seed } = prepared ?? (await renderAndFind(options));
  const { runFolder, faceTeacher, device, threads, stepsScale = 1, signal, onEvent } = options;
  const { steps, run } = pretrainings[stage];
  throwIfAborted(signal, `stage ${stage}`);
  onEvent?.({ type: 'stage-start', stage });
  await run({
    config,
    rendered: clips,
    cacheFolder,
    runFolder,
    seed,
    steps: scaledSteps(steps, stepsScale),
    ...(data && { data }),
    ...(faceTeacher !== undefined && { faceTeacher }),
    ...(device && { device }),
    ...(threads && { threads }),
    ...(signal && { signal }),
    ...(onEvent && { onEvent }),
  });
  onEvent?.({ type: 'stage-end', stage });
}

/** What all stages have in common. */
export interface PreparedTiny {
  readonly config: EmotionModelConfig;
  readonly clips: Awaited<ReturnType<typeof loadRendered>>;
  readonly data: { readonly folder: string; readonly sets: readonly TinyDataSet[] } | undefined;
  readonly cacheFolder: string;
  readonly seed: number;
}

/** Looks for public data and renders the clips. */
export async function renderAndFind(options: TinyRecipeOptions): Promise<PreparedTiny> {
  const { runFolder, dataFolder, clips = usualClips, seed = 1, signal, onEvent } = options;
  const config = resolveModelConfig(options.config ?? presets.tiny);
  const cacheFolder = options.cacheFolder ?? join(runFolder, 'cache');
  requireClips(clips);
  requireInputs(config);
  const { present, missing } = dataFolder === undefined ? { present: [], missing: [] } : findDataSets(dataFolder);
  for (const { dataSet, path } of missing) {
    const message = `${dataSet} is not at ${path}; the recipe goes on without it`;
    onEvent?.({ type: 'data-missing', dataSet, path, message });
  }
  throwIfAborted(signal, 'rendering');
  const rendered = await loadRendered({
    cacheFolder,
    size: config.sceneEncoder.imageSize,
    trainCount: clips.train,
    validationCount: clips.validation,
    ...(options.renderThreads !== undefined && { threads: options.renderThreads }),
    onProgress: (renderedClips, totalClips) => onEvent?.({ type: 'render-delta', renderedClips, totalClips }),
    ...(signal && { signal }),
  });
  const data = dataFolder === undefined ? undefined : { folder: dataFolder, sets: present };
  return { config, clips: rendered, data, cacheFolder, seed };
}

/** Where the pretraining stages leave their parts. */
export function tinyParts(runFolder: string): PretrainedFolders {
  const model = (stage: PretrainingStage) => join(runFolder, stage, 'model');
  return {
    faceEncoder: model('face-encoder'),
    sceneEncoder: model('scene-encoder'),
    audioEncoder: model('audio-encoder'),
    languageModel: model('language-model'),
  };
}

async function openMaterial(
  { runFolder, device, threads }: TinyRecipeOptions,
  { config, clips, data, cacheFolder }: PreparedTiny,
): Promise<TinyMaterial> {
  const pretrained = tinyParts(runFolder);
  const { train, validation } = await loadMedia(clips, data, cacheFolder);
  const executor = await openExecutor({ ...(device && { device }), ...(threads && { threads }) });
  try {
    const encoders = await openEncoders(pretrained, executor);
    const shared = { encoders, input: config.input, cacheFolder: join(runFolder, 'features') };
    const sources = await tinySources(train, { ...shared, split: 'train' });
    return {
      config,
      pretrained,
      sources,
      validationSources: await tinySources(validation, { ...shared, split: 'dev' }),
      samples: tinySamples,
      mixtures: availableMixtures(sources),
      dispose: async () => {
        await encoders.dispose();
        await executor.dispose();
      },
    };
  } catch (error) {
    await executor.dispose();
    throw error;
  }
}

async function loadMedia(
  clips: PreparedTiny['clips'],
  data: PreparedTiny['data'],
  cacheFolder: string,
): Promise<Record<'train' | 'validation', TinyMedia>> {
  const has = (set: TinyDataSet) => data?.sets.includes(set) ?? false;
  const recorded = (['emodb', 'emogator'] as const).filter(has);
  const folder = { cacheFolder, dataFolder: data?.folder ?? '' };
  const voices = recorded.length > 0 ? await loadVoices({ ...folder, sets: recorded }) : undefined;
  const faces = has('fer2013') ? await loadFaces(folder) : undefined;
  const part = (name: 'train' | 'validation'): TinyMedia => ({
    rendered: clips[name],
    voices: voices?.[name],
    faces: faces?.[name],
  });
  return { train: part('train'), validation: part('validation') };
}

function requireClips(clips: { readonly train: number; readonly validation: number }): void {
  for (const [name, count] of Object.entries(clips)) {
    if (Number.isInteger(count) && count >= FEWEST_CLIPS) continue;
    throw new InvalidArgumentError({
      message: `the recipe is asked for ${count} rendered clips (${name})`,
      hint: `Give a whole number of at least ${FEWEST_CLIPS}, one for each emotion.`,
      argument: `clips.${name}`,
    });
  }
}

function requireInputs({ input }: EmotionModelConfig): void {
  if (input.frames === framesPerClip) return;
  throw new InvalidConfigError({
    message: `the model reads ${input.frames} frames of a clip, rendered clips have ${framesPerClip}`,
    hint: `Set input.frames to ${framesPerClip}.`,
    field: 'input.frames',
  });
}
