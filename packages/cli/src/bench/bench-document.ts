import type { Precision } from '@nano-emox/engine';
import type { AnalysisResult } from 'nano-emox';
import type { ClipWords } from '../words/clip-words';
import type { AnswerTimes } from './measure-language-model';
import { inverted, type Spread, spreadOf } from './spread';

/** How far a computation is from what the machine can do. */
export interface Distance {
  /** Billions of multiplications and additions in products, once. */
  readonly gigaflop: number;
  /** By the median time. */
  readonly gigaflopsPerSecond: number;
  /** Of the median rate of one large product, measured in the same rounds. */
  readonly shareOfProduct: number;
}

export interface MeasuredStage {
  readonly milliseconds: Spread;
  /** Absent where something else than products is the work, or its amount differs from run to run. */
  readonly distance?: Distance;
}

export interface MeasuredTokens {
  /** Tokens of one run. */
  readonly tokens: number;
  readonly tokensPerSecond: Spread;
  readonly distance: Distance;
}

/** What `bench --json` prints. */
export interface BenchDocument {
  readonly clip: string;
  readonly words: ClipWords;
  readonly model: AnalysisResult['model'];
  readonly precision: Precision;
  readonly machine: { readonly processor: string; readonly node: string; readonly productGigaflopsPerSecond: Spread };
  readonly runs: number;
  /** Milliseconds, once: reading the files, then compiling every part. */
  readonly load: { readonly readMs: number; readonly compileMs: number };
  /** By stage and task, and `total`. */
  readonly stages: Readonly<Record<string, MeasuredStage>>;
  readonly languageModel: {
    readonly prompt: MeasuredTokens;
    /** Null where the model ended its text with the first token. */
    readonly answer: MeasuredTokens | null;
  };
  /** Most memory that the process held, resident. */
  readonly peakBytes: number;
}

/** What one round measured. */
export interface Round {
  readonly timingsMs: Readonly<Record<string, number>>;
  readonly answer: AnswerTimes;
  readonly productGigaflopsPerSecond: number;
}

/** How much there is to compute, in multiplications and additions. */
export interface Work {
  /** By stage; those that are counted. */
  readonly stages: Readonly<Record<string, number>>;
  readonly prompt: number;
  /** Of a token in the middle of the answer. */
  readonly token: number;
}

/** Rounds as spreads, each beside the product of the machine. @param rounds at least one */
export function summarise(
  rounds: readonly Round[],
  work: Work,
): Pick<BenchDocument, 'stages' | 'languageModel'> & { readonly product: Spread } {
  const product = spreadOf(rounds.map(({ productGigaflopsPerSecond }) => productGigaflopsPerSecond));
  const distanceOf = (flops: number, milliseconds: number): Distance => {
    const gigaflopsPerSecond = flops / 1e6 / milliseconds;
    return { gigaflop: flops / 1e9, gigaflopsPerSecond, shareOfProduct: gigaflopsPerSecond / product.median };
  };
  const [{ timingsMs, answer }] = rounds as [Round];
  const stages = Object.keys(timingsMs).map((stage): [string, MeasuredStage] => {
    const milliseconds = spreadOf(rounds.map((round) => round.timingsMs[stage] as number));
    const flops = work.stages[stage];
    return [stage, { milliseconds, ...(flops !== undefined && { distance: distanceOf(flops, milliseconds.median) }) }];
  });
  const tokensOf = (tokens: number, times: readonly number[], flops: number): MeasuredTokens => {
    const milliseconds = spreadOf(times);
    const tokensPerSecond = inverted(milliseconds, (ms) => (1000 * tokens) / ms);
    return { tokens, tokensPerSecond, distance: distanceOf(flops, milliseconds.median) };
  };
  const times = (name: 'promptMs' | 'answerMs') => rounds.map((round) => round.answer[name]);
  const { promptTokens, answerTokens } = answer;
  return {
    product,
    stages: Object.fromEntries(stages),
    languageModel: {
      prompt: tokensOf(promptTokens, times('promptMs'), work.prompt),
      answer: answerTokens === 0 ? null : tokensOf(answerTokens, times('answerMs'), work.token * answerTokens),
    },
  };
}
