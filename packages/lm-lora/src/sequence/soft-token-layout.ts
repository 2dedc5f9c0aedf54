import type { Modality } from '@nano-emox/tensor-contract';

/** Order in which the soft tokens of a sample are joined (fact: released code, splice order). */
export const modalityOrder = ['frame', 'face', 'audio', 'multi'] as const satisfies readonly Modality[];

/** Soft tokens per modality; a modality that is absent has none. */
export type TokenCounts = Readonly<Partial<Record<Modality, number>>>;

/** First row of each present modality among the joined soft tokens of one sample, and the number of rows. */
export function softTokenLayout(tokenCounts: TokenCounts): {
  readonly offsets: ReadonlyMap<Modality, number>;
  readonly rows: number;
} {
  const offsets = new Map<Modality, number>();
  let rows = 0;
  for (const modality of modalityOrder) {
    const count = tokenCounts[modality];
    if (count === undefined) continue;
    offsets.set(modality, rows);
    rows += count;
  }
  return { offsets, rows };
}
