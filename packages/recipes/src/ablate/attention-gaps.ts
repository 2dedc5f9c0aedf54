import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openExecutor } from '@nano-emox/engine/runtime';
import { type RunOptions, throwIfAborted } from '@nano-emox/tensor-contract';
import { type EmotionModelConfig, type ModelOptions, NanoEmoX } from 'nano-emox';
import { openFeatureReader } from '../evaluate/feature-reader';
import type { EmotionSource } from '../sources/emotion-source';
import type { PretrainedFolders } from '../train/pretrained-folders';
import { saveEmotionModel } from '../train/save-model';
import { readTokenizer, trainableNetwork } from '../train/trainable-network';

/** How far the attention of words and of soft tokens to their own kind is from that to the other; 0 is even, see `discrepancyOf`. */
export interface AttentionGaps {
  readonly text: number | null;
  readonly visual: number | null;
}

/** What is measured. */
export interface AttentionGapsOptions extends RunOptions {
  readonly source: EmotionSource;
  /** Clips, from the first. */
  readonly clips: number;
  readonly runtime: Pick<ModelOptions, 'device' | 'threads'>;
}

/** Mean gaps of a model over clips, while it reads the question about the emotion. */
export async function attentionGaps(
  modelFolder: string,
  { source, clips, runtime, signal }: AttentionGapsOptions,
): Promise<AttentionGaps> {
  const model = await NanoEmoX.fromPretrained(modelFolder, runtime);
  const opened: { dispose(): Promise<void> }[] = [model];
  try {
    const reader = await openFeatureReader(model);
    opened.unshift(reader);
    const gaps: AttentionGaps[] = [];
    for (let index = 0; index < Math.min(clips, source.length); index++) {
      throwIfAborted(signal, 'measuring attention');
      const row = await source.row(index);
      const clip = await reader.read(row, await source.features(index, { signal }), { signal });
      const { averageGap } = await model.measureAttention(clip, { words: row.subtitle ?? '', signal });
      gaps.push(averageGap);
    }
    return { text: meanOf(gaps, 'text'), visual: meanOf(gaps, 'visual') };
  } finally {
    for (const part of opened) await part.dispose();
  }
}

/** The same of the model that a training with this seed starts from. `folder` holds it meanwhile. */
export async function gapsAtStart(
  config: EmotionModelConfig,
  pretrained: PretrainedFolders,
  { seed, folder, ...options }: AttentionGapsOptions & { readonly seed: number; readonly folder: string },
): Promise<AttentionGaps> {
  const target = join(folder, 'start');
  const tokenizer = await readTokenizer(pretrained.languageModel);
  const { weights } = await trainableNetwork(config, pretrained.languageModel, seed);
  const executor = await openExecutor(options.runtime);
  try {
    await saveEmotionModel(target, { config, pretrained, weights, tokenizer, executor, seed });
    return await attentionGaps(target, options);
  } finally {
    await executor.dispose();
    await rm(target, { recursive: true, force: true });
  }
}

/** Over the clips that have one. */
function meanOf(gaps: readonly AttentionGaps[], group: keyof AttentionGaps): number | null {
  const values = gaps.flatMap((gap) => gap[group] ?? []);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
