import { readOpenLabels } from '../open-labels';
import { f1Score, intersectionSize } from '../statistics';
import type { EmotionWheel, EmotionWheels } from '../wheels/emotion-wheels';
import { ownEmotionWheels } from '../wheels/own-wheel';
import { mappedGroups, wheelMapper } from '../wheels/wheel-mapper';
import type { Judge } from './judge';

/** Shorter words say little about clues. */
const shortestContentWord = 4;
const stopWords: ReadonlySet<string> = new Set([
  ...[
    'also',
    'been',
    'being',
    'both',
    'could',
    'does',
    'each',
    'from',
    'have',
    'having',
    'here',
    'into',
    'just',
    'more',
  ],
  ...[
    'most',
    'much',
    'only',
    'other',
    'over',
    'seem',
    'seems',
    'some',
    'such',
    'than',
    'that',
    'their',
    'them',
    'then',
  ],
  ...[
    'there',
    'these',
    'they',
    'this',
    'those',
    'very',
    'were',
    'what',
    'when',
    'where',
    'which',
    'while',
    'will',
    'with',
  ],
  ...['would', 'your', 'person', 'speaker', 'character'],
]);

/**
 * A judge without a language model: the F of the groups of a wheel that both texts name, for clues together with the words
 * both use, from 1 (nothing in common) to 10. The same every time and free, but it counts words and does not understand them:
 * compare its scores only with each other.
 */
export function ruleBasedJudge(wheels: EmotionWheels = ownEmotionWheels): Judge {
  const mapper = wheelMapper(wheels, wheels.wheels[0] as EmotionWheel, { rule: 'votes', unmapped: 'keep' });
  return {
    async compare({ about, gold, prediction }) {
      const read = about === 'labels' ? labelsOf : contentWords;
      const overlap = overlapOf(mappedGroups(read(gold), mapper), mappedGroups(read(prediction), mapper));
      const score = 1 + 9 * overlap;
      return { score, reply: `Overlap of ${about}: ${score.toFixed(2)} of 10.` };
    },
  };
}

const labelsOf = (list: string) => readOpenLabels(list, { apostrophes: 'keep' });

function contentWords(text: string): readonly string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? [];
  return words.filter((word) => word.length >= shortestContentWord && !stopWords.has(word));
}

function overlapOf(gold: ReadonlySet<string>, prediction: ReadonlySet<string>): number {
  if (gold.size === 0 || prediction.size === 0) return gold.size === prediction.size ? 1 : 0;
  const common = intersectionSize(gold, prediction);
  return f1Score(common / prediction.size, common / gold.size);
}
