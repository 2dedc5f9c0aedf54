import type { EmotionWheels } from '../wheels/emotion-wheels';
import { ownEmotionWheels } from '../wheels/own-wheel';
import type { LabelExtractor } from './judge';

const negations = new Set(['no', 'not', 'never', 'without', 'neither', 'nor', 'hardly', 'lacks', 'cannot']);
const isNegation = (word: string) => negations.has(word) || /n['’]t$/.test(word);

/** How many words before an emotion word are searched for a negation: "not at all happy". */
const negationReach = 3;

/**
 * Takes the words of a text that are forms in the vocabulary of `wheels`, longest first, and leaves out negated ones. Local,
 * and the same every time; blind to irony and to words outside the vocabulary. The default is our own wheel, all of whose
 * words name feelings; on the published tables ordinary words such as *open* and *used* are forms, too.
 */
export function wheelLabelExtractor(wheels: EmotionWheels = ownEmotionWheels): LabelExtractor {
  const longest = Math.max(...[...wheels.baseWords.keys()].map((form) => form.split(' ').length));
  return { extract: async (text) => [...new Set(emotionWords(text, wheels, longest))] };
}

function emotionWords(text: string, { baseWords }: EmotionWheels, longest: number): readonly string[] {
  const found: string[] = [];
  for (const clause of text.toLowerCase().split(/[.,;:!?()\n]+|\bbut\b/)) {
    const words = clause.match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? [];
    for (let start = 0; start < words.length; start++) {
      const form = formAt(words, start, longest, (candidate) => baseWords.has(candidate));
      if (form === undefined) continue;
      if (!words.slice(Math.max(0, start - negationReach), start).some(isNegation)) found.push(form);
      start += form.split(' ').length - 1;
    }
  }
  return found;
}

function formAt(
  words: readonly string[],
  start: number,
  longest: number,
  isForm: (candidate: string) => boolean,
): string | undefined {
  for (let length = Math.min(longest, words.length - start); length > 0; length--) {
    const candidate = words.slice(start, start + length).join(' ');
    if (isForm(candidate)) return candidate;
  }
  return undefined;
}
