import { fileURLToPath } from 'node:url';
import { readSafetensors, scopeWeights } from '@nano-emox/engine/weights';
import type { FloatTensor, HostTensor } from '@nano-emox/tensor-contract';
import { resolveDecoderConfig } from '../config/decoder-config';
import { peftNames } from '../lora/foreign-names';

/** Path of a file beside this one. */
export const fixturePath = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export interface Oracle {
  /** Under our names. */
  readonly weights: Map<string, FloatTensor>;
  input(name: string): HostTensor<'int64'>;
  output(name: string): FloatTensor;
  ids(name: string): number[];
}

/** A fixture of tooling/oracles/qwen2-lora.py. */
export async function readOracle(name: 'qwen2-lora' | 'llama'): Promise<Oracle> {
  const { tensors } = await readSafetensors(fixturePath(`${name}.safetensors`));
  const at = (key: string): HostTensor => {
    const tensor = tensors.get(key);
    if (!tensor) throw new Error(`${name}.safetensors has no ${key}: ${[...tensors.keys()].join(', ')}`);
    return tensor;
  };
  // Base weights have plain names already, LoRA those of peft.
  const renamed = [...scopeWeights(tensors, 'weights')].map(([key, tensor]) => [peftNames.renameName(key), tensor] as const);
  return {
    weights: new Map(renamed as [string, FloatTensor][]),
    input: (key) => at(`input.${key}`) as HostTensor<'int64'>,
    output: (key) => at(`output.${key}`) as FloatTensor,
    ids: (key) => Array.from(at(key).data as BigInt64Array, Number),
  };
}

const sizes = {
  vocabSize: 96,
  hidden: 32,
  layers: 3,
  heads: 4,
  keyHeads: 2,
  mlp: 48,
  maxPositions: 128,
  rmsEps: 1e-6,
  specialTokens: { bos: null, eos: [] },
};

const qwen2 = { ...sizes, ropeTheta: 1e6, attentionBias: true, tiedHead: true };

/** Configurations of the fixtures (metadata of the files; docstring of the generator). */
export const oracleConfigs = {
  qwen2: resolveDecoderConfig(qwen2),
  qwen2Lora: resolveDecoderConfig({ ...qwen2, lora: { rank: 4, alpha: 8, dropout: 0 } }),
  llama: resolveDecoderConfig({ ...sizes, ropeTheta: 1e4, attentionBias: false, tiedHead: false }),
};

/** Largest absolute difference; infinite when the lengths differ or a value is not a number. */
export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let index = 0; index < a.length; index++) {
    const difference = Math.abs((a[index] as number) - (b[index] as number));
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}
