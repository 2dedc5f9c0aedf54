import { deriveSeed, Random } from '@nano-emox/engine';
import type { Describer } from './describer';
import type { LabelledMedia } from './instruction-record';

/** Sentences around what is known of a sample; none names an emotion. Our own wording. */
const withClues = {
  elements: [
    (medium: string, clues: string) => `What stands out in the ${medium}: ${clues}.`,
    (medium: string, clues: string) => `In the ${medium} one notices ${clues}.`,
    (medium: string, clues: string) => `The ${medium} draws the eye to ${clues}.`,
  ],
  reasoning: [
    (clues: string) =>
      `Taken together, ${clues} point in one direction. Nothing contradicts them, so they decide the mood.`,
    (clues: string) =>
      `The impression rests on ${clues}. Each alone could mean several things; together they leave one reading.`,
    (clues: string) =>
      `Start from ${clues}. They belong to the same state of mind, and that is what one who looks will feel.`,
  ],
};

/** What is said where nothing but the label is known. */
const withoutClues = {
  elements: [
    (medium: string) =>
      `The mood of the ${medium} comes from its subject, its light and colours, and how the parts are placed.`,
    (medium: string) => `In the ${medium}, look at the subject first, then at posture, colours and surroundings.`,
  ],
  reasoning: [
    () => 'Subject, colours and surroundings agree with one another; what they share is the feeling that remains.',
    () =>
      'First the subject sets the tone, then light and setting confirm it; the feeling is the one that explains them all.',
  ],
};

/**
 * Describes from templates, offline: the `clues` of a sample in sentences that depend on its id only. Without clues
 * the sentences are general and teach the form of an answer, not how to see.
 */
export function templateDescriber(): Describer {
  return {
    source: 'templates',
    async describe(sample) {
      const random = new Random(deriveSeed(0, sample.id));
      const medium = sample.media.video === undefined ? 'picture' : 'clip';
      const clues = listed(neutralClues(sample));
      if (clues === '') {
        const { elements, reasoning } = withoutClues;
        return { elements: random.pick(elements)(medium), reasoning: random.pick(reasoning)() };
      }
      const { elements, reasoning } = withClues;
      return { elements: random.pick(elements)(medium, clues), reasoning: random.pick(reasoning)(clues) };
    },
  };
}

/** The clues that do not give the label away. */
function neutralClues({ clues = [], label }: LabelledMedia): readonly string[] {
  return clues
    .map((clue) => clue.trim())
    .filter((clue) => clue !== '' && !clue.toLowerCase().includes(label.toLowerCase()));
}

/** `a, b and c` */
function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}
