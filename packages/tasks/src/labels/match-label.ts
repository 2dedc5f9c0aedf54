import { canonicalLabel } from './plain-label';

/** Words of one emotion as noun and adjective; data sets differ in which one they use. Our own grouping. */
const sameEmotion: readonly (readonly string[])[] = [
  ['anger', 'angry'],
  ['anxiety', 'anxious'],
  ['confused', 'confusion'],
  ['contempt', 'contemptuous'],
  ['disappointed', 'disappointment'],
  ['disgust', 'disgusted'],
  ['doubt', 'doubtful'],
  ['afraid', 'fear', 'fearful', 'scared'],
  ['frustrated', 'frustration'],
  ['guilt', 'guilty'],
  ['happiness', 'happy', 'joy', 'joyful'],
  ['helpless', 'helplessness'],
  ['hope', 'hopeful'],
  ['loneliness', 'lonely'],
  ['nervous', 'nervousness'],
  ['nostalgia', 'nostalgic'],
  ['overwhelm', 'overwhelmed'],
  ['pride', 'proud'],
  ['sad', 'sadness'],
  ['ashamed', 'shame'],
  ['stress', 'stressed'],
  ['surprise', 'surprised'],
  ['worried', 'worry'],
];

const groupOf = new Map(sameEmotion.flatMap((group) => group.map((word) => [word, group] as const)));

/**
 * The candidate that `label` names: itself, or else the only candidate that is the same emotion in another word form
 * (`sadness` → `sad`). Case and surrounding space do not matter.
 */
export function matchLabel(label: string, candidates: readonly string[]): string | undefined {
  const wanted = canonicalLabel(label);
  if (candidates.includes(wanted)) return wanted;
  const group = groupOf.get(wanted);
  const related = group ? candidates.filter((candidate) => group.includes(candidate)) : [];
  return related.length === 1 ? related[0] : undefined;
}

/** A label found in a text: which candidate it names and where it stands. */
export interface LabelMention {
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

const escapePattern = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Every whole-word mention of a candidate, or of another form of it, in reading order; longer labels win over shorter. */
export function findMentions(text: string, candidates: readonly string[]): readonly LabelMention[] {
  const words = new Set([...candidates, ...groupOf.keys()].filter((word) => matchLabel(word, candidates)));
  const longestFirst = [...words].sort((a, b) => b.length - a.length).map(escapePattern);
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${longestFirst.join('|')})(?![\\p{L}\\p{N}])`, 'giu');
  return [...text.matchAll(pattern)].flatMap((match) => {
    const label = matchLabel(match[0], candidates);
    return label === undefined ? [] : [{ label, start: match.index, end: match.index + match[0].length }];
  });
}
