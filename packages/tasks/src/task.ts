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

/** A task as data. */
export interface TaskDefinition<Id extends TaskId = TaskId> {
  readonly id: Id;
  /** As in papers, e.g. `OV-MER`. */
  readonly abbreviation: string;
  readonly title: string;
  readonly level: TaskLevel;
  /** Plain-text tag at the start of the question. */
  readonly tag: string;
  /** Wordings of the question; training draws among them, inference uses the first. */
  readonly instructions: readonly string[];
  /** Mode of training and inference unless the clip offers less. */
  readonly mode: ModalityMode;
  /** Whether the words stand in the prompt as a subtitle or as a dialogue with history. */
  readonly context: 'subtitle' | 'dialogue';
  /** Default candidates of a closed-set task. */
  readonly candidates?: readonly string[];
  readonly answer: AnswerGrammar<TaskValues[Id]>;
  /** Parts of an answer whose token probabilities make its confidence. */
  readonly confidenceFields: readonly ValueField[];
}

/** Definition of any of the six, where the type of its value does not matter. */
export type AnyTaskDefinition = { [Id in TaskId]: TaskDefinition<Id> }[TaskId];
