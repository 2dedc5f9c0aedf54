import { mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileError, writeFileAtomic } from '@nano-emox/engine/weights';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import type { TrainingEvent } from '../events';
import { readEnvironment } from './environment';
import { MetricsLog } from './metrics-log';
import { renderPhaseChart } from './phase-chart';
import { renderReport } from './report';
import { establishConfig, type RunConfig } from './run-config';
import { readHistory } from './run-history';

/** Options of {@link TrainingRun.open}. */
export interface TrainingRunOptions {
  /** Made when absent. */
  readonly folder: string;
  /** Resolved configuration: data that says, with the seed, what the run ends with. */
  readonly config: unknown;
  readonly seed: number;
  /** Heading of the report. @default the name of the folder */
  readonly title?: string;
  /** Versions to record besides those of the trainer, the engine and its runtime. */
  readonly packages?: Readonly<Record<string, string>>;
  /** Commit of the source, where there is one. */
  readonly gitCommit?: string;
}

/**
 * The folder of a training run:
 *
 * ```
 * config.json      resolved configuration, seed; versions and machine of each session
 * metrics.jsonl    every training event, one a line, in the order of training
 * curves/          loss, validation score and learning rate of each phase as SVG
 * report.html      all of it for people, one file
 * ```
 *
 * @example
 * const run = await TrainingRun.open({ folder, config: { curriculum, model }, seed });
 * await trainCurriculum({ ..., checkpointFolder: folder, onEvent: (event) => run.record(event) });
 * await run.finish();
 */
export class TrainingRun {
  private reporting: Promise<void> = Promise.resolve();
  private reportError: unknown;

  private constructor(
    readonly folder: string,
    /** As in `config.json`. */
    readonly config: RunConfig,
    private readonly title: string,
    private readonly log: MetricsLog,
  ) {}

  /**
   * Begins a run, or continues the one in the folder.
   * @throws RunConfigMismatchError (the folder has a run with other settings; it lists them), InvalidArgumentError,
   *   InvalidFileError (the folder cannot be written, or its files are damaged)
   */
  static async open(options: TrainingRunOptions): Promise<TrainingRun> {
    const { folder, config, seed, title = basename(resolve(folder)), packages, gitCommit } = options;
    if (!Number.isSafeInteger(seed)) {
      throw new InvalidArgumentError({
        message: `TrainingRun.open: seed is ${seed}`,
        hint: 'Pass a whole number.',
        argument: 'seed',
      });
    }
    await mkdir(folder, { recursive: true }).catch((error) => {
      throw fileError(error, folder, 'written');
    });
    const environment = readEnvironment(packages, gitCommit);
    const established = await establishConfig(folder, { config, seed, environment });
    const log = MetricsLog.open(join(folder, 'metrics.jsonl'));
    return new TrainingRun(folder, established, title, log);
  }

  /**
   * Adds an event to the metrics. When a phase continues from a checkpoint, what was recorded after that step is dropped
   * first, so no step is there twice. At the end of a phase, curves and report are written in the background.
   * @throws InvalidFileError when the metrics cannot be written, DisposedError
   */
  record(event: TrainingEvent): void {
    if (event.type === 'phase-start') this.log.dropAfter(event.phase, event.step);
    this.log.append({ ...event, time: new Date().toISOString(), session: this.config.sessions.length });
    if (event.type === 'phase-end') this.reportInBackground();
  }

  /** Writes curves and report from the metrics so far. @throws InvalidFileError */
  async writeReport(): Promise<void> {
    const history = await readHistory(this.log.path);
    const charts: { light: string; dark: string }[] = [];
    for (const [index, phase] of history.phases.entries()) {
      const [light, dark] = [await renderPhaseChart(phase, 'light'), await renderPhaseChart(phase, 'dark')];
      charts.push({ light, dark });
      await writeFileAtomic(join(this.folder, 'curves', `${fileNameOf(index, phase.phase)}.svg`), light);
    }
    const report = renderReport({ title: this.title, config: this.config, history, charts });
    await writeFileAtomic(join(this.folder, 'report.html'), report);
  }

  /** Writes the last report and closes the metrics. @throws InvalidFileError, also for a report that failed on the way */
  async finish(): Promise<void> {
    try {
      await this.reporting;
      await this.writeReport();
    } finally {
      this.log.close();
    }
    if (this.reportError !== undefined) throw this.reportError;
  }

  /** Closes the metrics without a last report, as after an error. Idempotent. */
  async dispose(): Promise<void> {
    this.log.close();
    await this.reporting;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  private reportInBackground(): void {
    // A report that fails must not end the training; `finish` tells.
    this.reporting = this.reporting
      .then(() => this.writeReport())
      .catch((error) => {
        this.reportError ??= error;
      });
  }
}

/** File name for a phase, whatever its name: `01-perception-audio`. */
function fileNameOf(index: number, phase: string): string {
  const slug = phase
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return [String(index + 1).padStart(2, '0'), slug].filter((part) => part !== '').join('-');
}
