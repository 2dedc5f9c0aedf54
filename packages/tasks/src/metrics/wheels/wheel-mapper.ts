import { type EmotionWheel, type EmotionWheels, lookupForm } from './emotion-wheels';

/** How a label finds its group on a wheel. */
export interface MappingOptions {
  /** The ring whose words are the groups. @default 'level1' */
  readonly level?: 'level1' | 'level2';
  /**
   * `published`: among all candidates of all base words, the alphabetically first that stands on the wheel decides, and a
   * word that stands on it twice belongs to its last place. So `fear`, also a form of *fearless*, becomes *happy* by way of
   * *brave* on one of the published wheels. `votes`: a word that has one place on the wheel keeps it; otherwise its
   * candidates vote, a word with several places sharing its vote, and a draw goes to the group that the wheel names first.
   * @default 'published'
   */
  readonly rule?: 'published' | 'votes';
  /** Whether a label that has no place on the wheel is left out or stays a group of its own. @default 'drop' */
  readonly unmapped?: 'drop' | 'keep';
}

/** Group of a label on one wheel; `undefined` for a label that is left out. */
export type WheelMapper = (label: string) => string | undefined;

/**
 * The map from free labels to the groups of `wheel`. It remembers what it has looked up.
 * @see AffectGPT, emotion-wheel metric `case3_wheelK_level1`
 */
export function wheelMapper(tables: EmotionWheels, wheel: EmotionWheel, options: MappingOptions = {}): WheelMapper {
  const { level = 'level1', rule = 'published', unmapped = 'drop' } = options;
  const places = placesOf(wheel, level);
  const find = rule === 'published' ? firstCandidate : mostVotes;
  const known = new Map<string, string | undefined>();
  return (label) => {
    const word = lookupForm(label);
    if (!known.has(word))
      known.set(word, find(word, tables, places) ?? (unmapped === 'keep' && word ? word : undefined));
    return known.get(word);
  };
}

/** The groups that the labels map to, each once. */
export function mappedGroups(labels: readonly string[], mapper: WheelMapper): ReadonlySet<string> {
  return new Set(labels.map(mapper).filter((group) => group !== undefined));
}

/** Word of a wheel to its groups, in the order of the wheel; the last one is where the published code puts it. */
type Places = ReadonlyMap<string, readonly string[]>;

function placesOf(wheel: EmotionWheel, level: 'level1' | 'level2'): Places {
  const places = new Map<string, string[]>();
  const place = (word: string, group: string) => {
    const groups = places.get(word)?.filter((other) => other !== group) ?? [];
    places.set(word, [...groups, group]);
  };
  for (const [level1, rings] of nested(wheel)) {
    // A family has no one place in the second ring; the published code gives it the alphabetically first.
    place(level1, level === 'level1' ? level1 : ([...rings.keys()].sort()[0] as string));
    for (const [level2, words] of rings) {
      const group = level === 'level1' ? level1 : level2;
      for (const word of [level2, ...words]) place(word, group);
    }
  }
  return places;
}

function nested({ entries }: EmotionWheel): ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> {
  const families = new Map<string, Map<string, string[]>>();
  for (const { level1, level2, level3 } of entries) {
    const rings = families.get(level1) ?? new Map<string, string[]>();
    families.set(level1, rings.set(level2, [...(rings.get(level2) ?? []), level3]));
  }
  return families;
}

function firstCandidate(label: string, { baseWords, wheelWords }: EmotionWheels, places: Places): string | undefined {
  const candidates = (baseWords.get(label) ?? []).flatMap((base) => wheelWords.get(base) ?? []);
  const decisive = candidates.sort().find((candidate) => places.has(candidate));
  return decisive === undefined ? undefined : places.get(decisive)?.at(-1);
}

function mostVotes(label: string, { baseWords, wheelWords }: EmotionWheels, places: Places): string | undefined {
  const own = places.get(label);
  if (own?.length === 1) return own[0];
  const candidates = (baseWords.get(label) ?? []).flatMap((base) => wheelWords.get(base) ?? []);
  const votes = new Map<string, number>();
  for (const candidate of candidates) {
    const groups = places.get(candidate) ?? [];
    for (const group of groups) votes.set(group, (votes.get(group) ?? 0) + 1 / groups.length);
  }
  // Sorting is stable, so a draw keeps the order of the wheel.
  const order = [...new Set([...places.values()].flat())].filter((group) => votes.has(group));
  return order.sort((a, b) => (votes.get(b) ?? 0) - (votes.get(a) ?? 0))[0];
}
