import type { Sample } from '../measure/contestant';
import { seriesOf } from '../measure/interleave';
import type { AnswerFigures } from './paper-model-figures';

/** Tokens after the first that are timed. */
export const MEASURED_TOKENS = 12;
/** Room for the longest prompt and its answer. */
export const LONGEST_CONTEXT = 4608;

/** @param samples the prompt with the first token, then one per token */
export function answerFigures(promptTokens: number, samples: readonly Sample[]): AnswerFigures {
  const [prompt, ...tokens] = samples as [Sample, ...Sample[]];
  const { medianSeconds, medianProcessorSeconds } = seriesOf('tokens', tokens);
  const bestSeconds = Math.min(...tokens.map(({ seconds }) => seconds));
  return {
    promptTokens,
    prompt,
    token: { seconds: medianSeconds, processorSeconds: medianProcessorSeconds, bestSeconds },
  };
}
