import { fileURLToPath } from 'node:url';
import { readFixture } from '@nano-emox/engine/testing';
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
  const { weights, tensor } = await readFixture(fixturePath(`${name}.safetensors`));
  // Base weights have plain names already, LoRA those of peft.
  const renamed = [...weights].map(([key, value]) => [peftNames.renameName(key), value] as const);
  return {
    weights: new Map(renamed as [string, FloatTensor][]),
    input: (key) => tensor(`input.${key}`, 'int64'),
    output: (key) => tensor(`output.${key}`),
    ids: (key) => Array.from(tensor(key, 'int64').data, Number),
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
