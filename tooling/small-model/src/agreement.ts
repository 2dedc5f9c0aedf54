import type { GreedyStep } from './llama-cpp';
import type { OurModel } from './our-model';

/** Differences of logits up to this are taken for rounding. */
export const LARGEST_GAP = 1e-2;

/** How our greedy tokens compare with those of another implementation. */
export interface Agreement {
  /** Steps with the same token, from the first on. */
  readonly equalSteps: number;
  readonly steps: number;
  /** Where the first token differs: how far our logit of our token is above that of theirs. */
  readonly gap?: number;
  /** Where both stand at the same token: largest difference of the margins over the next best. */
  readonly marginDifference?: number;
}

/** Whether all tokens are equal, or the first that is not was as good as tied. */
export const agrees = ({ gap }: Agreement): boolean => gap === undefined || gap < LARGEST_GAP;

/**
 * Compares our cached greedy decoding of `text` with `theirs`. Margins and the gap are taken from a run over the whole of their
 * sequence at once.
 */
export async function compareGreedy(
  model: OurModel,
  text: string,
  theirs: readonly (Pick<GreedyStep, 'id'> & Partial<GreedyStep>)[],
): Promise<Agreement> {
  const ours = await model.greedy(text, theirs.length);
  const differs = theirs.findIndex(({ id }, step) => id !== ours[step]);
  const equalSteps = differs < 0 ? theirs.length : differs;
  const prompt = model.encode(text);
  const rows = (await model.logits([...prompt, ...theirs.map(({ id }) => id)])).slice(prompt.length - 1, -1);
  const margins = theirs.flatMap(({ id, margin }, step) =>
    margin === undefined || step > equalSteps ? [] : Math.abs(marginOf(rows[step] as Float32Array, id) - margin),
  );
  const gap = gapAt(rows[differs], ours[differs], theirs[differs]?.id);
  return {
    equalSteps,
    steps: theirs.length,
    ...(gap !== undefined && { gap }),
    ...(margins.length > 0 && { marginDifference: Math.max(...margins) }),
  };
}

function gapAt(logits: Float32Array | undefined, ours: number | undefined, theirs: number | undefined) {
  if (logits === undefined || ours === undefined || theirs === undefined) return undefined;
  return (logits[ours] as number) - (logits[theirs] as number);
}

/** Logit of `id` above the largest of all others. */
function marginOf(logits: Float32Array, id: number): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let other = 0; other < logits.length; other++) {
    if (other !== id) best = Math.max(best, logits[other] as number);
  }
  return (logits[id] as number) - best;
}
