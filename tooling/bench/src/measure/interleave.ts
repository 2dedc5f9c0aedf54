import type { Contestant, Sample } from './contestant';

export interface InterleaveOptions {
  /** Runs of each contestant before the measured ones. */
  readonly warmUps: number;
  /** Measured runs of each contestant. */
  readonly rounds: number;
  /** No new round starts after this many seconds, if there is at least one. */
  readonly timeCapSeconds: number;
}

/** What one contestant did. */
export interface Series {
  readonly name: string;
  readonly details: string;
  readonly samples: readonly Sample[];
  readonly medianSeconds: number;
  readonly medianProcessorSeconds: number;
}

/** Middle value; of an even number, the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle] as number, sorted[middle] as number];
  return (low + high) / 2;
}

/** Runs contestants in turn, A B C A B C, so that a change of the machine's load meets all of them alike. */
export async function interleave(contestants: readonly Contestant[], options: InterleaveOptions): Promise<Series[]> {
  const samples = contestants.map((): Sample[] => []);
  const start = performance.now();
  for (let round = -options.warmUps; round < options.rounds; round++) {
    const elapsedSeconds = (performance.now() - start) / 1000;
    if (round > 0 && elapsedSeconds > options.timeCapSeconds) break;
    for (const [index, contestant] of contestants.entries()) {
      const sample = await contestant.run();
      if (round >= 0) samples[index]?.push(sample);
    }
  }
  return contestants.map(({ name, details }, index) => seriesOf(name, samples[index] as Sample[], details));
}

/** Samples of one contestant with their medians. */
export function seriesOf(name: string, samples: readonly Sample[], details = ''): Series {
  return {
    name,
    details,
    samples,
    medianSeconds: median(samples.map(({ seconds }) => seconds)),
    medianProcessorSeconds: median(samples.map(({ processorSeconds }) => processorSeconds)),
  };
}

/** Medians of the ratio `rival / own` of each round: above 1, the own one is faster. */
export function ratioOf(own: Series, rival: Series): { wall: number; processor: number } {
  const pairs = own.samples.map((sample, index) => [sample, rival.samples[index] as Sample] as const);
  return {
    wall: median(pairs.map(([a, b]) => b.seconds / a.seconds)),
    processor: median(pairs.map(([a, b]) => b.processorSeconds / a.processorSeconds)),
  };
}
