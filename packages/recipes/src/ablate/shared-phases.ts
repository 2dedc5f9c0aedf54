import { type Curriculum, groupOfParameter } from '@nano-emox/p2e';
import { weightRoots } from 'nano-emox/training';

/** A curriculum in two parts. */
export interface SplitCurriculum {
  /** Leading phases; may have none. */
  readonly before: Curriculum;
  readonly from: Curriculum;
}

/** Stands for every weight of the duplex attention in the rules of a phase. */
const someDuplexWeight = `${weightRoots.languageModel}.duplex_attention.layers.0.ratio_v`;

/**
 * Splits a curriculum where it begins to train the duplex attention. That begins as the identity, so before it is trained it computes
 * what plain attention does, and settings that differ in nothing else need those phases once.
 */
export function splitAtAttention(curriculum: Curriculum): SplitCurriculum {
  const { phases } = curriculum;
  const first = phases.findIndex((phase) => groupOfParameter(phase, someDuplexWeight) !== undefined);
  const part = (start: number, end?: number) => ({ ...curriculum, phases: phases.slice(start, end) });
  return { before: part(0, Math.max(0, first)), from: part(Math.max(0, first)) };
}
