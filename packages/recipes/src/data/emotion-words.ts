import type { labelSets } from '@nano-emox/tasks';

/** One of the seven classes. */
export type EmotionClass = (typeof labelSets.sevenEmotions)[number];

/** How the labels of a corpus are said in an open-vocabulary answer, and which of the seven classes they stand for. */
export interface EmotionWord {
  readonly word: string;
  /** Absent where no class fits, or the fit is too loose to train on. */
  readonly emotion?: EmotionClass;
  /** Emotions of E-c that show in such a text; absent where the eleven have no word for it. */
  readonly affects?: readonly Affect[];
}

/** One of the eleven emotions of E-c. */
export type Affect = (typeof labelSets.semeval2018)[number];

const as = (word: string, emotion?: EmotionClass, ...affects: readonly Affect[]): EmotionWord => ({
  word,
  ...(emotion && { emotion }),
  ...(affects.length > 0 && { affects }),
});

/**
 * The labels of GoEmotions. Classes follow its Ekman grouping (Demszky et al. 2020, appendix), without four loose members:
 * a curious question is no surprise, and approval or desire need not be joy.
 */
export const goEmotionsWords: Readonly<Record<string, EmotionWord>> = {
  admiration: as('impressed', 'happy'),
  amusement: as('amused', 'happy', 'joy'),
  anger: as('angry', 'anger', 'anger'),
  annoyance: as('annoyed', 'anger', 'anger'),
  approval: as('pleased'),
  caring: as('caring', undefined, 'love'),
  confusion: as('confused'),
  curiosity: as('curious', undefined, 'anticipation'),
  desire: as('interested'),
  disappointment: as('disappointed', 'sad', 'sadness', 'pessimism'),
  disapproval: as('dissatisfied', 'anger', 'anger'),
  disgust: as('disgusted', 'disgust', 'disgust'),
  embarrassment: as('embarrassed', 'sad'),
  excitement: as('excited', 'happy', 'joy', 'anticipation'),
  fear: as('afraid', 'fear', 'fear'),
  gratitude: as('grateful', 'happy', 'joy'),
  grief: as('devastated', 'sad', 'sadness'),
  joy: as('joyful', 'happy', 'joy'),
  love: as('loving', 'happy', 'joy', 'love'),
  nervousness: as('nervous', 'fear', 'fear'),
  optimism: as('hopeful', 'happy', 'joy', 'optimism'),
  pride: as('proud', 'happy', 'joy'),
  realization: as('thoughtful'),
  relief: as('relieved', 'happy', 'joy'),
  remorse: as('guilty', 'sad', 'sadness'),
  sadness: as('sad', 'sad', 'sadness'),
  surprise: as('surprised', 'surprise', 'surprise'),
  neutral: as('neutral', 'neutral'),
};

/** XED numbers Plutchik's eight from 1. */
export const xedWords: Readonly<Record<string, EmotionWord>> = {
  1: as('angry', 'anger', 'anger'),
  2: as('expectant', undefined, 'anticipation'),
  3: as('disgusted', 'disgust', 'disgust'),
  4: as('afraid', 'fear', 'fear'),
  5: as('joyful', 'happy', 'joy'),
  6: as('sad', 'sad', 'sadness'),
  7: as('surprised', 'surprise', 'surprise'),
  8: as('trusting', undefined, 'trust'),
};

/** BRIGHTER's five emotions at its intensities 1, 2, 3. */
export const brighterWords: Readonly<Record<string, readonly [EmotionWord, EmotionWord, EmotionWord]>> = {
  anger: [as('annoyed', 'anger', 'anger'), as('angry', 'anger', 'anger'), as('furious', 'anger', 'anger')],
  fear: [as('uneasy', 'fear', 'fear'), as('afraid', 'fear', 'fear'), as('terrified', 'fear', 'fear')],
  joy: [as('pleased', 'happy', 'joy'), as('happy', 'happy', 'joy'), as('overjoyed', 'happy', 'joy')],
  sadness: [as('unhappy', 'sad', 'sadness'), as('sad', 'sad', 'sadness'), as('devastated', 'sad', 'sadness')],
  surprise: [
    as('surprised', 'surprise', 'surprise'),
    as('surprised', 'surprise', 'surprise'),
    as('shocked', 'surprise', 'surprise'),
  ],
};
