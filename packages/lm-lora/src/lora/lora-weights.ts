import { initializeWeights, traceModule } from '@nano-emox/engine';
import { derivedTensor } from '@nano-emox/engine/weights';
import { type HostTensor, WeightsMismatchError } from '@nano-emox/tensor-contract';
import { type DecoderConfig, resolveDecoderConfig } from '../config/decoder-config';
import type { LoraConfig } from '../config/lora-config';
import { decoderModule } from '../decoder/decoder-module';

/** A decoder in memory. */
export interface DecoderWeights {
  readonly config: DecoderConfig;
  readonly weights: ReadonlyMap<string, HostTensor>;
}

const LORA_A = '.lora_A.default.weight';
const LORA_B = '.lora_B.default.weight';

/** Whether a weight belongs to a low-rank branch: what LoRA training changes, and all of it. */
export const isLoraWeight = (name: string): boolean => name.endsWith(LORA_A) || name.endsWith(LORA_B);

/** The low-rank weights alone, for saving an adapter without its base. */
export function loraWeights(weights: ReadonlyMap<string, HostTensor>): Map<string, HostTensor> {
  return new Map([...weights].filter(([name]) => isLoraWeight(name)));
}

/**
 * Adds fresh low-rank matrices to a decoder without any; its output does not change. Base weights are shared, not copied.
 * @throws InvalidConfigError
 */
export function attachLora({ config, weights }: DecoderWeights, lora: Partial<LoraConfig>, seed = 0): DecoderWeights {
  const extended = resolveDecoderConfig({ ...config, lora });
  const { attention: _, ...plain } = extended; // which attention a decoder has does not matter to its low-rank branches
  const graph = traceModule(decoderModule, plain);
  const added = new Map([...graph.parameters].filter(([name]) => isLoraWeight(name)));
  return {
    config: extended,
    weights: new Map([...weights, ...initializeWeights({ ...graph, parameters: added }, seed)]),
  };
}

/**
 * Adds the low-rank matrices to the base: a decoder without LoRA that computes the same. Weights that carry no LoRA are
 * shared, not copied; the others are added up each time their values are read.
 * @throws WeightsMismatchError when one of a pair or its base is missing or of the wrong shape
 */
export function mergeLora({ config, weights }: DecoderWeights): DecoderWeights {
  const { lora, ...base } = config;
  if (!lora) return { config, weights };
  const merged = new Map<string, HostTensor>();
  for (const [name, tensor] of weights) {
    if (isLoraWeight(name)) continue;
    const layer = name.replace(/\.weight$/, '');
    const [down, up] = [weights.get(layer + LORA_A), weights.get(layer + LORA_B)];
    merged.set(name, down || up ? mergeMatrix(name, tensor, down, up, lora) : tensor);
  }
  return { config: base, weights: merged };
}

/** `W + (alpha / rank) · B A`, `W` `[out, in]`, `A` `[rank, in]`, `B` `[out, rank]`. */
function mergeMatrix(
  name: string,
  base: HostTensor,
  down: HostTensor | undefined,
  up: HostTensor | undefined,
  { rank, alpha }: LoraConfig,
): HostTensor {
  const [outDim, inDim] = base.dims as [number, number];
  if (down?.dims.join() !== `${rank},${inDim}` || up?.dims.join() !== `${outDim},${rank}`) {
    throw new WeightsMismatchError({
      where: 'mergeLora',
      missing: [],
      unexpected: [],
      misshapen: [
        { name: name.replace(/\.weight$/, LORA_A), expected: [rank, inDim], received: down?.dims ?? [] },
        { name: name.replace(/\.weight$/, LORA_B), expected: [outDim, rank], received: up?.dims ?? [] },
      ],
    });
  }
  const derivation = { rule: `lora ${alpha}/${rank}`, sources: [base, down, up] };
  return derivedTensor({ type: 'float32', dims: base.dims }, derivation, () =>
    sumWithProduct(base.data as Float32Array, down.data as Float32Array, up.data as Float32Array, rank, alpha / rank),
  );
}

/** `base + scale · up down`, `base` `[out, in]`, `down` `[rank, in]`, `up` `[out, rank]`. */
function sumWithProduct(
  base: Float32Array,
  down: Float32Array,
  up: Float32Array,
  rank: number,
  scale: number,
): Float32Array {
  const result = Float32Array.from(base);
  const [outDim, inDim] = [up.length / rank, down.length / rank];
  for (let out = 0; out < outDim; out++) {
    const target = result.subarray(out * inDim, (out + 1) * inDim);
    for (let inner = 0; inner < rank; inner++) {
      const factor = (up[out * rank + inner] as number) * scale;
      const source = down.subarray(inner * inDim, (inner + 1) * inDim);
      for (let column = 0; column < inDim; column++) target[column]! += factor * (source[column] as number);
    }
  }
  return result;
}
