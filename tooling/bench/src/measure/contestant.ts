/** Time of one run: by the clock, and of all processor cores of the process together. */
export interface Sample {
  readonly seconds: number;
  /** Hardly changes when other programs use the machine, which the clock does. */
  readonly processorSeconds: number;
  /** Loss of a training step, so that rivals can be shown to compute the same. */
  readonly loss?: number;
  /** Most memory that the process has held so far (resident). */
  readonly peakBytes?: number;
}

/** Something that can be run again and again and be timed. */
export interface Contestant {
  readonly name: string;
  /** Versions and settings that matter for the comparison. */
  readonly details: string;
  run(): Promise<Sample>;
  dispose(): Promise<void>;
}

/** Starts a clock for this process; the result tells what has passed since. */
export function startTimer(): () => Sample {
  const processorBefore = process.cpuUsage();
  const before = performance.now();
  return () => {
    const seconds = (performance.now() - before) / 1000;
    const { user, system } = process.cpuUsage(processorBefore);
    const peakBytes = process.resourceUsage().maxRSS * 1024;
    return { seconds, processorSeconds: (user + system) / 1e6, peakBytes };
  };
}

/** Times a function of this process. Nothing else may run in the process meanwhile. */
export async function timed(work: () => Promise<{ loss?: number } | undefined>): Promise<Sample> {
  const elapsed = startTimer();
  const result = await work();
  return { ...elapsed(), ...result };
}
