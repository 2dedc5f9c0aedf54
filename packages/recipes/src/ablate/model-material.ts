import { join } from 'node:path';
import { openExecutor } from '@nano-emox/engine/runtime';
import { loadRendered } from '../data/rendered';
import { openEncoders } from '../sources/frozen-encoders';
import { availableMixtures } from '../tiny/tiny-mixtures';
import type { TinyMaterial, TinyRecipeOptions } from '../tiny/tiny-options';
import { tinySamples, tinySources } from '../tiny/tiny-sources';
import { partsOfModel } from '../train/pretrained-folders';
import { readModelConfig } from '../train/train-on-corpora';

/** Options of {@link materialOfModel}. */
export interface ModelMaterialOptions
  extends Pick<
    TinyRecipeOptions,
    'cacheFolder' | 'clips' | 'renderThreads' | 'device' | 'threads' | 'signal' | 'onEvent'
  > {
  /** Folder of the model whose encoders and language model are taken. */
  readonly from: string;
  /** Holds features, and rendered clips unless `cacheFolder` does. */
  readonly folder: string;
}

/** What a comparison starts from, of a model that is trained already: its encoders and language model, and rendered clips. */
export async function materialOfModel(options: ModelMaterialOptions): Promise<TinyMaterial> {
  const { from, folder, clips = { train: 1600, validation: 160 }, device, threads, signal, onEvent } = options;
  const config = await readModelConfig(from);
  const pretrained = partsOfModel(from);
  const rendered = await loadRendered({
    cacheFolder: options.cacheFolder ?? join(folder, 'cache'),
    size: config.sceneEncoder.imageSize,
    trainCount: clips.train,
    validationCount: clips.validation,
    ...(options.renderThreads !== undefined && { threads: options.renderThreads }),
    onProgress: (renderedClips, totalClips) => onEvent?.({ type: 'render-delta', renderedClips, totalClips }),
    ...(signal && { signal }),
  });
  const executor = await openExecutor({ ...(device && { device }), ...(threads && { threads }) });
  try {
    const encoders = await openEncoders(pretrained, executor);
    const shared = { encoders, input: config.input, cacheFolder: join(folder, 'features') };
    const sources = await tinySources({ rendered: rendered.train }, { ...shared, split: 'train' });
    return {
      config,
      pretrained,
      sources,
      validationSources: await tinySources({ rendered: rendered.validation }, { ...shared, split: 'dev' }),
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
