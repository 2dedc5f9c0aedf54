import type { labelSets } from '@nano-emox/tasks';

/** One of the seven classes. */
export type EmotionClass = (typeof labelSets.sevenEmotions)[number];

/** How the labels of a corpus are said in an open-vocabulary answer, and which of the seven classes they stand for. */
export interface EmotionWord {
  readonly word: string;
  /** Absent where no class fits, or the fit is too loose to train on. */
  readonly emotion?: EmotionClass;
}

const as = (word: string, emotion?: EmotionClass): EmotionWord => ({ word, ...(emotion && { emotion }) });

/**
 * The labels of GoEmotions. Classes follow its Ekman grouping (Demszky et al. 2020, appendix), without four loose members:
 * a curious question is no surprise, and approval or desire need not be joy.
 */
export const goEmotionsWords: Readonly<Record<string, EmotionWord>> = {
  admiration: as('impressed', 'happy'),
  amusement: as('amused', 'happy'),
  anger: as('angry', 'anger'),
  annoyance: as('annoyed', 'anger'),
  approval: as('pleased'),
  caring: as('caring'),
  confusion: as('confused'),
  curiosity: as('curious'),
  desire: as('interested'),
  disappointment: as('disappointed', 'sad'),
  disapproval: as('dissatisfied', 'anger'),
  disgust: as('disgusted', 'disgust'),
  embarrassment: as('embarrassed', 'sad'),
  excitement: as('excited', 'happy'),
  fear: as('afraid', 'fear'),
  gratitude: as('grateful', 'happy'),
  grief: as('devastated', 'sad'),
  joy: as('joyful', 'happy'),
  love: as('loving', 'happy'),
  nervousness: as('nervous', 'fear'),
  optimism: as('hopeful', 'happy'),
  pride: as('proud', 'happy'),
  realization: as('thoughtful'),
  relief: as('relieved', 'happy'),
  remorse: as('guilty', 'sad'),
  sadness: as('sad', 'sad'),
  surprise: as('surprised', 'surprise'),
  neutral: as('neutral', 'neutral'),
};

/** XED numbers Plutchik's eight from 1. */
export const xedWords: Readonly<Record<string, EmotionWord>> = {
  1: as('angry', 'anger'),
  2: as('expectant'),
  3: as('disgusted', 'disgust'),
  4: as('afraid', 'fear'),
  5: as('joyful', 'happy'),
  6: as('sad', 'sad'),
  7: as('surprised', 'surprise'),
  8: as('trusting'),
};

/** BRIGHTER's five emotions at its intensities 1, 2, 3. */
export const brighterWords: Readonly<Record<string, readonly [EmotionWord, EmotionWord, EmotionWord]>> = {
  anger: [as('annoyed', 'anger'), as('angry', 'anger'), as('furious', 'anger')],
  fear: [as('uneasy', 'fear'), as('afraid', 'fear'), as('terrified', 'fear')],
  joy: [as('pleased', 'happy'), as('happy', 'happy'), as('overjoyed', 'happy')],
  sadness: [as('unhappy', 'sad'), as('sad', 'sad'), as('devastated', 'sad')],
  surprise: [as('surprised', 'surprise'), as('surprised', 'surprise'), as('shocked', 'surprise')],
};
