import type { Sample } from '../measure/contestant';

/** One prompt and the beginning of its answer. */
export interface AnswerFigures {
  readonly promptTokens: number;
  /** From the prompt to the first token. */
  readonly prompt: Pick<Sample, 'seconds' | 'processorSeconds'>;
  /** Medians over the tokens after the first, and the fastest of them. */
  readonly token: Pick<Sample, 'seconds' | 'processorSeconds'> & { readonly bestSeconds: number };
}

/** What a process found out about a language model. */
export interface LanguageModelFigures {
  readonly device: string;
  /** Opening the folder, loading both graphs (made, or found in the cache), first runs. */
  readonly loadSeconds: number;
  readonly loadProcessorSeconds: number;
  readonly loadPeakBytes: number;
  /** Held at the end. */
  readonly residentBytes: number;
  readonly peakBytes: number;
  readonly answers: readonly AnswerFigures[];
}

/** What llama.cpp does with the same sizes. */
export interface LlamaCppFigures extends Pick<LanguageModelFigures, 'loadSeconds' | 'residentBytes' | 'answers'> {
  /** Release of llama.cpp. */
  readonly build: string;
}
