import { scoreOverWheels, type WheelScores } from './open-vocabulary';
import { intersectionSize, mean } from './statistics';
import type { EmotionWheels } from './wheels/emotion-wheels';
import { type MappingOptions, mappedGroups } from './wheels/wheel-mapper';

/** A sample of closed-set recognition that was answered with free labels. */
export interface ClosedLabelSample {
  readonly gold: string;
  readonly prediction: readonly string[];
}

/** Both in [0, 1]. */
export interface HitRateScore {
  /** Share of samples whose gold group is among the predicted groups. */
  readonly hitRate: number;
  /** Mean share of the gold group among those predicted groups that some class of the data has: a price on long answers. */
  readonly mScore: number;
}

/**
 * Hit rate of closed-set recognition (MER) by free labels. Samples whose gold label has no place on a wheel are skipped
 * there, which on the published wheels is every *neutral* one; `unmapped: 'keep'` counts them.
 * @returns `undefined` when no sample counts on any wheel
 * @see AffectGPT, `calculate_openset_onehot_hitrate`
 */
export function hitRateScore(
  samples: readonly ClosedLabelSample[],
  wheels: EmotionWheels,
  options: MappingOptions = {},
): WheelScores<HitRateScore> | undefined {
  const classes = [...new Set(samples.map(({ gold }) => gold))];
  return scoreOverWheels(wheels, options, (mapper) => {
    const candidates = mappedGroups(classes, mapper);
    const hits: number[] = [];
    const shares: number[] = [];
    for (const { gold, prediction } of samples) {
      const goldGroup = mapper(gold);
      if (goldGroup === undefined) continue;
      const groups = mappedGroups(prediction, mapper);
      const hit = groups.has(goldGroup) ? 1 : 0;
      hits.push(hit);
      shares.push(hit / Math.max(1, intersectionSize(groups, candidates)));
    }
    return { samples: hits.length, score: { hitRate: mean(hits), mScore: mean(shares) } };
  });
}
