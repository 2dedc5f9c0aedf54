/** The twenty intents of MIntRec, as that data set spells them. */
export const intents = [
  'complain',
  'praise',
  'apologise',
  'thank',
  'criticize',
  'agree',
  'taunt',
  'flaunt',
  'joke',
  'oppose',
  'comfort',
  'care',
  'inform',
  'advise',
  'arrange',
  'introduce',
  'leave',
  'prevent',
  'greet',
  'ask for help',
] as const;

export type Intent = (typeof intents)[number];

/**
 * One everyday situation and what people say in it. `{slot}` is filled with one of the slot's words, the same in every text
 * of one script. Scenario, cause and responses may use only slots that every line says aloud, so that nothing is claimed that
 * cannot be heard.
 */
export interface Situation {
  readonly topic: string;
  readonly slots: Readonly<Record<string, readonly string[]>>;
  readonly lines: readonly (readonly [text: string, intent: Intent])[];
  /** Third person, a full sentence. */
  readonly scenario: string;
  /** Why the speaker feels this way; follows "because". */
  readonly cause: string;
  /** Kind and specific answers. */
  readonly responses: readonly string[];
  /** Overrides the emotion's mean valence, in [-1, 1]. */
  readonly valence?: number;
}

/** All the words of one emotion. */
export interface EmotionGrammar {
  /** Short exclamations before the sentence; an empty one means none. */
  readonly openers: readonly string[];
  /** What a kind listener wants to do; follows "to". */
  readonly goals: readonly string[];
  /** Open-vocabulary names from mild to strong. */
  readonly words: readonly (readonly string[])[];
  readonly situations: readonly Situation[];
}
