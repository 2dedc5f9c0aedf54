import { type AttentionConfig, type AttentionExtension, initializeWeights, tokenKinds, traceModule } from '@nano-emox/engine';
import { type DecoderConfig, decoderModuleWith, resolveExtendedConfig } from '@nano-emox/lm-lora';
import { type FloatTensor, floatTensor, type HostTensor } from '@nano-emox/tensor-contract';

const sizes = { vocabSize: 48, hidden: 32, layers: 3, heads: 4, keyHeads: 2, mlp: 48, maxPositions: 64 };

/** A small decoder and weights with opinions: fresh ones say much the same to everything. */
export function smallDecoder(
  attention: AttentionConfig | undefined,
  extension: AttentionExtension | undefined,
  { lora = false, areExtensionWeightsFresh = false } = {},
): { config: DecoderConfig; weights: Map<string, FloatTensor> } {
  const config = resolveExtendedConfig({ ...sizes, attention, ...(lora && { lora: { rank: 2 } }) }, extension);
  const fresh = initializeWeights(traceModule(decoderModuleWith(extension), config), 11);
  const random = initializeWeights(randomised(config, extension), 12);
  const weights = [...fresh].map(([name, tensor]) => {
    if (name.startsWith('duplex_attention')) return [name, areExtensionWeightsFresh ? tensor : (random.get(name) as FloatTensor)];
    return [name, tensor.dims.length === 2 ? floatTensor(tensor.data.map((value) => value * 8), tensor.dims) : tensor];
  });
  return { config, weights: new Map(weights as [string, FloatTensor][]) };
}

/** The graph of a decoder whose weights all start as noise. */
function randomised(config: DecoderConfig, extension: AttentionExtension | undefined) {
  const graph = traceModule(decoderModuleWith(extension), config);
  const parameters = [...graph.parameters].map(([name, value]) => {
    const origin = { ...value.origin, initializer: { kind: 'normal', deviation: 0.4 } };
    return [name, { ...value, origin }] as [string, typeof value];
  });
  return { ...graph, parameters: new Map(parameters) };
}

/** A token of a test sequence: a word by its id, or a soft token. */
export type TestToken = { readonly kind: keyof typeof tokenKinds; readonly id?: number };

export const words = (kind: 'text' | 'answer', ...ids: number[]): TestToken[] => ids.map((id) => ({ kind, id }));
export const soft = (kind: keyof typeof tokenKinds, count: number): TestToken[] => Array.from({ length: count }, () => ({ kind }));

/** Inputs of the decoder module for sequences padded on the right to `time` (default: the longest) or on the left. */
export function decoderInputs(
  sequences: readonly (readonly TestToken[])[],
  { time = Math.max(...sequences.map(({ length }) => length)), padLeft = false } = {},
): Record<string, HostTensor> {
  const softRows = Math.max(...sequences.map((tokens) => tokens.filter(isSoft).length));
  const dims = [sequences.length, time];
  const filled = (value: bigint) => ({ type: 'int64' as const, dims, data: new BigInt64Array(sequences.length * time).fill(value) });
  const [inputIds, spliceIndex, kinds] = [filled(0n), filled(-1n), filled(0n)];
  const mask = new Uint8Array(sequences.length * time);
  sequences.forEach((tokens, sample) => {
    let row = sample * softRows;
    tokens.forEach((token, column) => {
      const at = sample * time + column + (padLeft ? time - tokens.length : 0);
      inputIds.data[at] = BigInt(token.id ?? 0);
      kinds.data[at] = BigInt(tokenKinds[token.kind]);
      if (isSoft(token)) spliceIndex.data[at] = BigInt(row++);
      mask[at] = 1;
    });
  });
  const softTokens = new Float32Array(sequences.length * softRows * sizes.hidden);
  // Each sample has the soft tokens of the first, so that a sequence means the same wherever it stands in a batch.
  softTokens.forEach((_, index) => {
    softTokens[index] = Math.sin((index % (softRows * sizes.hidden)) * 0.7);
  });
  return {
    inputIds,
    spliceIndex,
    kinds,
    attentionMask: { type: 'bool', dims, data: mask },
    softTokens: floatTensor(softTokens, [sequences.length, softRows, sizes.hidden]),
  };
}

const isSoft = ({ kind }: TestToken): boolean => tokenKinds[kind] >= tokenKinds.frame;
