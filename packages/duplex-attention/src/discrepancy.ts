import { type HostTensor, InvalidArgumentError } from '@nano-emox/tensor-contract';
import { observations } from './observe-attention';

/** Attention of the tokens of one group in one layer. */
export interface GroupAttention {
  /** Mean attention of a query to a visible key of its own group, in [0, 1]; `null` where there is no such pair. */
  readonly self: number | null;
  /** The same to keys of the other group. */
  readonly cross: number | null;
  /** |self − cross| / max(self, cross), in [0, 1]: 0 is even, 1 is all to one side; `null` where one is missing. */
  readonly gap: number | null;
}

/** One layer, counted from 0. */
export interface LayerDiscrepancy {
  readonly layer: number;
  readonly text: GroupAttention;
  readonly visual: GroupAttention;
}

/** How unevenly a model attends to its own and to the other modality. Plain JSON. */
export interface AttentionDiscrepancy {
  readonly layers: readonly LayerDiscrepancy[];
  /** Means of the gaps over the layers that have one; `null` where none has, as without visual tokens. */
  readonly averageGap: { readonly text: number | null; readonly visual: number | null };
}

const groups = ['text', 'visual'] as const;

function requireTable(carried: Readonly<Record<string, HostTensor>>, name: string, layer: number): HostTensor {
  const tensor = carried[name];
  if (tensor?.type === 'float32' && tensor.dims.length === 3 && tensor.dims[1] === 2 && tensor.dims[2] === 2)
    return tensor;
  throw new InvalidArgumentError({
    message: `discrepancyOf: layer ${layer} carries no ${name} of shape [batch, 2, 2]`,
    hint: 'Give what a decoder carries that ran with observeAttention(…).',
    argument: 'carried',
  });
}

/** Attention per visible pair, from group `query` to group `key`, over the whole batch. */
function activation(mass: HostTensor, pairs: HostTensor, query: number, key: number): number | null {
  const total = ({ data }: HostTensor) =>
    Array.from(data, Number).reduce((sum, value, index) => (index % 4 === 2 * query + key ? sum + value : sum), 0);
  const count = total(pairs);
  return count > 0 ? total(mass) / count : null;
}

function gapOf(self: number | null, cross: number | null): number | null {
  if (self === null || cross === null) return null;
  const larger = Math.max(self, cross);
  return larger > 0 ? Math.abs(self - cross) / larger : 0;
}

function layerDiscrepancy(carried: Readonly<Record<string, HostTensor>>, layer: number): LayerDiscrepancy {
  const mass = requireTable(carried, observations.mass, layer);
  const pairs = requireTable(carried, observations.pairs, layer);
  const [text, visual] = groups.map((_, group) => {
    const self = activation(mass, pairs, group, group);
    const cross = activation(mass, pairs, group, 1 - group);
    return { self, cross, gap: gapOf(self, cross) };
  }) as [GroupAttention, GroupAttention];
  return { layer, text, visual };
}

function meanGap(layers: readonly LayerDiscrepancy[], group: (typeof groups)[number]): number | null {
  const gaps = layers.flatMap((layer) => layer[group].gap ?? []);
  return gaps.length > 0 ? gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length : null;
}

/**
 * Self-modal against cross-modal attention, layer by layer, from what the layers of a decoder with {@link observeAttention} carried.
 * The paper reports such a gap without a formula; this one is ours: attention per visible pair of query and key, so that many text
 * tokens do not outweigh few visual ones, and causally hidden pairs do not count.
 * @param carried one entry per layer
 * @throws InvalidArgumentError when a layer was not observed
 * @see MODA (arXiv 2507.04635), deficit disorder attention
 */
export function discrepancyOf(carried: readonly Readonly<Record<string, HostTensor>>[]): AttentionDiscrepancy {
  const layers = carried.map(layerDiscrepancy);
  return { layers, averageGap: { text: meanGap(layers, 'text'), visual: meanGap(layers, 'visual') } };
}
