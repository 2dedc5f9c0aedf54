import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** What the figures were measured on. */
export interface MachineFacts {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly node: string;
  readonly onnxruntime: string;
  /** Programs that wanted to run, averaged over the minute before the start. */
  readonly loadAverage: number;
}

export function machineFacts(): MachineFacts {
  const require = createRequire(import.meta.url);
  const manifest = JSON.parse(readFileSync(require.resolve('onnxruntime-node/package.json'), 'utf8')) as {
    version: string;
  };
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    onnxruntime: manifest.version,
    loadAverage: Math.round((loadavg()[0] as number) * 100) / 100,
  };
}

/** Above this share of the cores in use by others, ratios by the clock are noise. */
const LOUD_SHARE = 0.25;

export function loadWarning({ loadAverage, cores }: MachineFacts): string | undefined {
  if (loadAverage <= LOUD_SHARE * cores) return undefined;
  return `the load average is ${loadAverage} on ${cores} cores: other programs are running. Believe the CPU-time ratios, and repeat when it is quiet.`;
}
