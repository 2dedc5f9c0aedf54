import type { AnswerGrammar } from './answer/answer-grammar';
import type { ValueField } from './answer/outcome';
import type { ModalityMode } from './prompt/modality-modes';

/** Level of the perception-to-empathy hierarchy. */
export type TaskLevel = 'perception' | 'understanding' | 'interaction';

/** Multimodal sentiment analysis. */
export interface SentimentValue {
  readonly sentiment: 'positive' | 'neutral' | 'negative';
  /** In [-1, 1]; answers carry two decimals. */
  readonly valence: number;
}

/** Multimodal emotion recognition: one label of a closed set. */
export interface EmotionValue {
  readonly emotion: string;
}

/** Open-vocabulary emotion recognition: lower-case labels without repeats, in the order given. */
export interface OpenVocabularyValue {
  readonly emotions: readonly string[];
}

/** Emotion reasoning: the clues, and the emotions they speak for. */
export interface ReasoningValue {
  /** Description of the clues, one or more sentences. */
  readonly reason: string;
  /** Lower-case labels; empty only when a free description names no conclusion. */
  readonly emotions: readonly string[];
}

/** Multimodal intent recognition: one label of a closed set. */
export interface IntentValue {
  readonly intent: string;
}

/** The four steps thought through before an empathic answer, in this order. */
export interface ChainOfEmpathy {
  /** What happened. */
  readonly eventScenario: string;
  /** What the speaker feels, a lower-case label. */
  readonly speakerEmotion: string;
  /** Why. */
  readonly emotionCause: string;
  /** What the response is for. */
  readonly goalToResponse: string;
}

/** Empathic response generation. */
export interface EmpathyValue {
  readonly chainOfEmpathy: ChainOfEmpathy;
  readonly response: string;
}

/** Result type of each task. */
export interface TaskValues {
  msa: SentimentValue;
  mer: EmotionValue;
  ovMer: OpenVocabularyValue;
  eri: ReasoningValue;
  mir: IntentValue;
  erg: EmpathyValue;
}

/** The six tasks, as keys of results. */
export type TaskId = keyof TaskValues;

/** How strongly one emotion shows in a text. */
export interface IntensityValue {
  /** The emotion that was asked about. */
  readonly emotion: string;
  /** In [0, 1]; answers carry three decimals, as the annotation does. */
  readonly intensity: number;
}

/** The same in classes. */
export interface IntensityClassValue {
  /** The emotion that was asked about. */
  readonly emotion: string;
  /** 0 none, 1 low, 2 moderate, 3 high. */
  readonly level: number;
}

/** Valence of a text. */
export interface ValenceValue {
  /** In [0, 1], from most negative to most positive; answers carry three decimals. */
  readonly valence: number;
}

/** The same in classes. */
export interface ValenceClassValue {
  /** Whole number from -3, very negative, over 0, neutral or mixed, to 3, very positive. */
  readonly valenceClass: number;
}

/** Emotions of a text, any number of a closed set. */
export interface EmotionSetValue {
  /** Lower-case labels without repeats; empty where the text is neutral. */
  readonly emotions: readonly string[];
}

/** Result type of each affect task: what a text alone tells. */
export interface AffectTaskValues {
  eiReg: IntensityValue;
  eiOc: IntensityClassValue;
  vReg: ValenceValue;
  vOc: ValenceClassValue;
  eC: EmotionSetValue;
}

/** The five affect tasks. */
export type AffectTaskId = keyof AffectTaskValues;

/** Result type of every task there is. */
export interface AnyTaskValues extends TaskValues, AffectTaskValues {}

/** Every task there is: the six and the affect tasks. */
export type AnyTaskId = keyof AnyTaskValues;

/** A task as data. */
export interface TaskDefinition<Id extends AnyTaskId = TaskId> {
  readonly id: Id;
  /** As in papers, e.g. `OV-MER`. */
  readonly abbreviation: string;
  readonly title: string;
  readonly level: TaskLevel;
  /** Plain-text tag at the start of the question. */
  readonly tag: string;
  /** Wordings of the question; training draws among them, inference uses the first. `{emotion}` stands for the emotion asked about. */
  readonly instructions: readonly string[];
  /** Mode of training and inference unless the clip offers less. */
  readonly mode: ModalityMode;
  /** Whether the words stand in the prompt as a subtitle or as a dialogue with history. */
  readonly context: 'subtitle' | 'dialogue';
  /** Default candidates of a closed-set task. */
  readonly candidates?: readonly string[];
  readonly answer: AnswerGrammar<AnyTaskValues[Id]>;
  /** Parts of an answer whose token probabilities make its confidence. */
  readonly confidenceFields: readonly ValueField[];
}

/** Definition of any task, where the type of its value does not matter. */
export type AnyTaskDefinition = { [Id in AnyTaskId]: TaskDefinition<Id> }[AnyTaskId];
