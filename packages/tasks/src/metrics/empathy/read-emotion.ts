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
  return statedIn(text) ?? firstGroup(groups, (keyword) => text.includes(keyword));
}

/** The emotion by the grammar of the task, which takes labels of several words; else as published, by whole words only. */
export function readEmotionByGrammar(response: string, groups: readonly KeywordGroup[] = ownKeywordGroups): string {
  const outcome = parseAnswer('erg', response);
  if (outcome.status === 'parsed') return outcome.value.chainOfEmpathy.speakerEmotion;
  const text = response.toLowerCase();
  const words = ` ${text.match(/[\p{L}\p{N}'’-]+/gu)?.join(' ') ?? ''} `;
  return statedIn(text) ?? firstGroup(groups, (keyword) => words.includes(` ${keyword} `));
}

function statedIn(text: string): string | undefined {
  const [open, close] = [text.indexOf(openThink), text.indexOf(closeThink)];
  if (open < 0 || close < 0) return undefined;
  return statedEmotion.exec(text.slice(open + openThink.length, close))?.[1];
}

function firstGroup(groups: readonly KeywordGroup[], occurs: (keyword: string) => boolean): string {
  return groups.find(([, keywords]) => keywords.some(occurs))?.[0] ?? unknownEmotion;
}

/** The words of our own wheel, each with its forms, in the order of the wheel. */
export const ownKeywordGroups: readonly KeywordGroup[] = Object.freeze(keywordGroups());

function keywordGroups(): readonly KeywordGroup[] {
  const forms = new Map<string, string[]>();
  for (const [form, [base = form]] of ownEmotionWheels.baseWords) forms.set(base, [...(forms.get(base) ?? []), form]);
  return [...forms];
}
