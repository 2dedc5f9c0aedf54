import type { Sample } from '../measure/contestant';

/** One prompt and the beginning of its answer. */
export interface AnswerFigures {
  readonly promptTokens: number;
  /** From the prompt to the first token. */
  readonly prompt: Pick<Sample, 'seconds' | 'processorSeconds'>;
  /** Medians over the tokens after the first, and the fastest of them. */
  readonly token: Pick<Sample, 'seconds' | 'processorSeconds'> & { readonly bestSeconds: number };
}

/** Opening a folder, compiling its graphs or finding them in the cache, first runs; with the most memory held meanwhile. */
export type LoadFigures = Pick<Sample, 'seconds' | 'processorSeconds'> & { readonly peakBytes: number };

/** What a process found out about a language model. */
export interface LanguageModelFigures {
  readonly load: LoadFigures;
  readonly answers: readonly AnswerFigures[];
  /** Held at the end. */
  readonly residentBytes: number;
  readonly peakBytes: number;
}

/** What a process found out about the whole model: eight frames and sixteen seconds of sound, then an answer. */
export interface ClipFigures {
  readonly load: LoadFigures;
  /** From the file to soft tokens. */
  readonly encode: Pick<Sample, 'seconds' | 'processorSeconds'>;
  /** Of eight; without a face its encoder has nothing to do. */
  readonly framesWithFace: number;
  readonly answer: AnswerFigures;
  readonly peakBytes: number;
}

/** What llama.cpp does with the same sizes. */
export interface LlamaCppFigures extends Pick<LanguageModelFigures, 'residentBytes' | 'answers'> {
  readonly loadSeconds: number;
  /** Release of llama.cpp. */
  readonly build: string;
}
