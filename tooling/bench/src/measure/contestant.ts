/** Time of one run: by the clock, and of all processor cores of the process together. */
export interface Sample {
  readonly seconds: number;
  /** Hardly changes when other programs use the machine, which the clock does. */
  readonly processorSeconds: number;
  /** Loss of a training step, so that rivals can be shown to compute the same. */
  readonly loss?: number;
}

/** Something that can be run again and again and be timed. */
export interface Contestant {
  readonly name: string;
  /** Versions and settings that matter for the comparison. */
  readonly details: string;
  run(): Promise<Sample>;
  dispose(): Promise<void>;
}

/** Times a function of this process. Nothing else may run in the process meanwhile. */
export async function timed(work: () => Promise<{ loss?: number } | undefined>): Promise<Sample> {
  const processorBefore = process.cpuUsage();
  const before = performance.now();
  const result = await work();
  const seconds = (performance.now() - before) / 1000;
  const { user, system } = process.cpuUsage(processorBefore);
  return { ...result, seconds, processorSeconds: (user + system) / 1e6 };
}
