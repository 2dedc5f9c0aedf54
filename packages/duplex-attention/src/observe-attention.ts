import {
  type AttentionExtension,
  type AttentionParts,
  type AttentionReading,
  add,
  cast,
  concat,
  type Dim,
  greater,
  matmul,
  mean,
  plainAttention,
  reshape,
  type Value,
} from '@nano-emox/engine';
import { f32 } from '@nano-emox/tensor-contract';
import { type DuplexAttentionConfig, presets } from './config';
import { isText, isVisual } from './token-groups';

/** Names of what an observed layer carries, `[batch, query group, key group]` each; groups are text, then visual. */
export const observations = { mass: 'attentionMass', pairs: 'attentionPairs' } as const;

/** What decoders without an extension have, as one. */
const plainExtension: AttentionExtension = {
  type: 'plain',
  resolveConfig: ({ type }) => ({ type }),
  carried: () => ({}),
  attend: plainAttention,
};

type Groups = Pick<DuplexAttentionConfig, 'visual'>;

/** `[batch, tokens, 2]`: 1 in the column of the group a token belongs to; padding belongs to none. */
function groupsOf(kinds: Value, groups: Groups): Value {
  const columns = [isText(kinds), isVisual(kinds, groups)];
  return concat(
    columns.map((column) => reshape(cast(column, 'float32'), [...kinds.shape, 1])),
    2,
  );
}

/** Sums of `table` `[batch, time, keys]` over all pairs of a query group and a key group: `[batch, 2, 2]`. */
const sumByGroup = (table: Value, queries: Value, keys: Value): Value =>
  matmul(matmul(queries, table, { transposeA: true }), keys);

function observe(parts: AttentionParts, { weights }: AttentionReading, groups: Groups): Record<string, Value> {
  const queries = groupsOf(parts.kinds, groups);
  const keys = groupsOf(parts.keyKinds, groups);
  const [batch, time] = parts.kinds.shape as [Dim, Dim];
  const visible = reshape(cast(greater(parts.bias, -1), 'float32'), [batch, time, parts.keyKinds.shape[1] as Dim]);
  const found = {
    [observations.mass]: sumByGroup(mean(weights, [1]), queries, keys), // mean over heads
    [observations.pairs]: sumByGroup(visible, queries, keys),
  };
  const soFar = (name: string, value: Value): Value => {
    const past = parts.carried?.[name];
    return past ? add(past, value) : value;
  };
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, soFar(name, value)]));
}

/**
 * An attention that computes what `extension` computes and besides carries, for every layer, how much attention went from text and
 * visual tokens to either, and how many visible pairs there were: sums over all tokens so far. {@link discrepancyOf} reads them.
 * @param extension @default plain attention
 * @param visual soft tokens that count as visual @default all four modalities
 */
export function observeAttention(
  extension: AttentionExtension = plainExtension,
  visual: DuplexAttentionConfig['visual'] = presets.paper.visual,
): AttentionExtension {
  return {
    ...extension,
    carried: (config, sizes) => ({
      ...extension.carried(config, sizes),
      [observations.mass]: f32('batch', 2, 2),
      [observations.pairs]: f32('batch', 2, 2),
    }),
    attend: (parts, weights, config) => {
      const reading = extension.attend(parts, weights, config);
      return { ...reading, carried: { ...reading.carried, ...observe(parts, reading, { visual }) } };
    },
  };
}
