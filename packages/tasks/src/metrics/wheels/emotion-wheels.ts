/** One row of a wheel: a word of the rim, the word it belongs to, and the family of both. Lower case. */
export interface WheelEntry {
  readonly level1: string;
  readonly level2: string;
  readonly level3: string;
}

/** A wheel of emotion words in three rings, from family to nuance. */
export interface EmotionWheel {
  readonly name: string;
  readonly entries: readonly WheelEntry[];
}

/** Wheels, and the two maps by which free words find their way onto them. */
export interface EmotionWheels {
  readonly wheels: readonly EmotionWheel[];
  /** Surface form to base words, a base word to itself too: `worries` → `worry`, `worried`. */
  readonly baseWords: ReadonlyMap<string, readonly string[]>;
  /** Base word to the wheel words it is a synonym of, a wheel word to itself too. */
  readonly wheelWords: ReadonlyMap<string, readonly string[]>;
}

/** What wheels are made of, as their tables list it. */
export interface WheelTables {
  readonly wheels: readonly EmotionWheel[];
  /** Base word and its inflections. */
  readonly forms: Iterable<readonly [base: string, forms: readonly string[]]>;
  /** Wheel word and its synonyms; a wheel word may come several times. */
  readonly synonyms: Iterable<readonly [wheelWord: string, synonyms: readonly string[]]>;
}

/** Lower case, without space at the ends: how words are looked up. */
export const lookupForm = (word: string): string => word.toLowerCase().trim();

/** Turns the tables of wheels round, from what stands in an answer to what stands on a wheel. */
export function createEmotionWheels({ wheels, forms, synonyms }: WheelTables): EmotionWheels {
  return Object.freeze({ wheels, baseWords: inverted(forms), wheelWords: inverted(synonyms) });
}

function inverted(
  table: Iterable<readonly [key: string, words: readonly string[]]>,
): ReadonlyMap<string, readonly string[]> {
  const keysOf = new Map<string, Set<string>>();
  for (const [key, words] of table) {
    const target = lookupForm(key);
    for (const word of [...words, key].map(lookupForm)) {
      if (word === '') continue;
      const keys = keysOf.get(word);
      if (keys) keys.add(target);
      else keysOf.set(word, new Set([target]));
    }
  }
  return new Map([...keysOf].map(([word, keys]) => [word, [...keys].sort()]));
}
