import { parseAnswer } from '../../answer/answers';
import { markup } from '../../prompt/markup';
import { ownEmotionWheels } from '../wheels/own-wheel';

/** An emotion, and the words that speak for it. Groups are tried in order. */
export type KeywordGroup = readonly [emotion: string, keywords: readonly string[]];

/** What is read where no emotion is found. */
export const unknownEmotion = 'unknown';

const [openThink, closeThink] = markup.think;
const statedEmotion = /the emotion of the speaker is\s+([\p{L}\p{N}_]+)/u;

/**
 * The emotion that a response states, read as in the released code: the one word after "the emotion of the speaker is" in the
 * think block, otherwise the first keyword group with a word that occurs anywhere in the text, even inside another word.
 * @param groups default: {@link ownKeywordGroups}; the published groups are not part of this package
 * @returns a lower-case word, or {@link unknownEmotion}
 */
export function readStatedEmotion(response: string, groups: readonly KeywordGroup[] = ownKeywordGroups): string {
  const text = response.toLowerCase();
  const [open, close] = [text.indexOf(openThink), text.indexOf(closeThink)];
  if (open >= 0 && close >= 0) {
    const stated = statedEmotion.exec(text.slice(open + openThink.length, close));
    if (stated) return stated[1] as string;
  }
  return groups.find(([, keywords]) => keywords.some((keyword) => text.includes(keyword)))?.[0] ?? unknownEmotion;
}

/** The emotion by the grammar of the task, which takes labels of several words and other wordings; else as published. */
export function readEmotionByGrammar(response: string, groups?: readonly KeywordGroup[]): string {
  const outcome = parseAnswer('erg', response);
  return outcome.status === 'parsed' ? outcome.value.chainOfEmpathy.speakerEmotion : readStatedEmotion(response, groups);
}

/** The words of our own wheel, each with its forms, in the order of the wheel. */
export const ownKeywordGroups: readonly KeywordGroup[] = Object.freeze(keywordGroups());

function keywordGroups(): readonly KeywordGroup[] {
  const forms = new Map<string, string[]>();
  for (const [form, [base = form]] of ownEmotionWheels.baseWords) forms.set(base, [...(forms.get(base) ?? []), form]);
  return [...forms];
}
