import type { Random } from '../random';
import type { Situation } from './situation';

/** Whose mouth a text is in: the speaker's, a narrator's, or a listener's who answers the speaker. */
export type Voice = 'speaker' | 'narrator' | 'listener';

const perspectives: Readonly<Record<Voice, Readonly<Record<string, string>>>> = {
  speaker: {},
  narrator: {
    i: 'the speaker',
    me: 'the speaker',
    my: 'their',
    our: 'their',
    us: 'them',
    your: "the listener's",
  },
  listener: { i: 'you', me: 'you', my: 'your', our: 'your', us: 'you', your: 'my' },
};

/** One word per slot. */
export function chooseSlots(situation: Situation, random: Random): Record<string, string> {
  return Object.fromEntries(Object.entries(situation.slots).map(([slot, words]) => [slot, random.pick(words)]));
}

/** Fills `{slot}`s, turning "my" and "me" inside slot words to the perspective, then mends articles and capitals. */
export function fillTemplate(template: string, slots: Readonly<Record<string, string>>, voice: Voice): string {
  const filled = template.replace(/\{(\w+)\}/g, (_, slot: string) => turn(slots[slot] ?? '', voice));
  return capitalised(mendArticles(filled));
}

/** As {@link fillTemplate}, for a clause that stays inside a sentence. */
export function fillClause(template: string, slots: Readonly<Record<string, string>>, voice: Voice): string {
  return mendArticles(template.replace(/\{(\w+)\}/g, (_, slot: string) => turn(slots[slot] ?? '', voice)));
}

function turn(words: string, voice: Voice): string {
  return words.replace(/\b(i|me|my|our|us|your)\b/gi, (word) => perspectives[voice][word.toLowerCase()] ?? word);
}

/** "a exam" → "an exam", "an phone" → "a phone". */
function mendArticles(text: string): string {
  return text.replace(/\b([Aa])n? (?=(\w+))/g, (_, article: string, next: string) => {
    const vowel = /^([aio]|e(?!u)|u(?!n[iy]|s[eu]))/i.test(next) && !/^one/i.test(next);
    return `${article}${vowel || /^hour/i.test(next) ? 'n' : ''} `;
  });
}

/** Capital at the start and after the end of a sentence. */
export function capitalised(text: string): string {
  return text.replace(/(^|[.!?]\s+)([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}
