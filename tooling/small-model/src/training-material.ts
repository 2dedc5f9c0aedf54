import { type Executor, initializeWeights, type TensorMap, traceModule } from '@nano-emox/engine';
import { prefixWeights } from '@nano-emox/engine/weights';
import type { DataSet, TrainableModel } from '@nano-emox/p2e';
import { emotionDataSets, encodersOf, loadRendered, renderedSource } from '@nano-emox/recipes';
import type { HostTensor } from '@nano-emox/tensor-contract';
import { NanoEmoX, presets } from 'nano-emox';
import { collateEmotionBatch, type EmotionSample, emotionNetwork, weightRoots } from 'nano-emox/training';

/** What a phase trains on and with. */
export interface TrainingMaterial {
  readonly model: TrainableModel<EmotionSample>;
  readonly dataSets: readonly DataSet<EmotionSample>[];
}

/**
 * The preset `small` around a language model file: everything above the encoders fresh, questions of the six tasks about rendered clips,
 * their features from the trained encoders. Only plain values remain; the runtime has let go of the model.
 */
export async function openMaterial(
  languageModel: string,
  {
    clips,
    cacheFolder,
    executor,
  }: { readonly clips: number; readonly cacheFolder: string; readonly executor: Executor },
): Promise<TrainingMaterial> {
  const small = await NanoEmoX.assemble(presets.small, { languageModel, encoders: 'tiny' }, { executor });
  try {
    const { config, components } = small;
    const rendered = await loadRendered({
      cacheFolder,
      size: config.sceneEncoder.imageSize,
      trainCount: clips,
      validationCount: 7,
    });
    const options = { encoders: encodersOf(small), input: config.input, cacheFolder, split: 'train' } as const;
    const source = await renderedSource(rendered.train, options);
    const { tokenizer } = components.languageModel;
    const dataSets = await emotionDataSets(source, tokenizer, config, { seed: 1, paraphrases: 'first' });
    for (const set of dataSets) for (let index = 0; index < set.length; index++) await set.get(index);
    const graph = traceModule(emotionNetwork, config);
    const language = prefixWeights(components.languageModel.weights, weightRoots.languageModel);
    const weights = new Map<string, HostTensor>([...initializeWeights(graph, 1), ...language]);
    const model = {
      graph,
      weights,
      collate: (samples: readonly EmotionSample[]) => collateEmotionBatch(samples, config),
      countTokens: ({ attentionMask }: TensorMap) =>
        (attentionMask as HostTensor<'bool'>).data.reduce((sum, isToken) => sum + isToken, 0),
    };
    return { model, dataSets };
  } finally {
    await small.dispose();
  }
}
