import { requireSizes } from '@nano-emox/engine';
import {
  type EndpointError,
  InvalidArgumentError,
  NanoEmoxError,
  type RunOptions,
  throwIfAborted,
} from '@nano-emox/tensor-contract';
import { requireLabels, unknownLabel } from '../labels/label-indices';
import type { Describer } from './describer';
import { descriptionProblem, instructionKinds, type LabelledMedia, recordId } from './instruction-record';
import { instructionRecords } from './instruction-wording';
import { RecordFile } from './record-file';

/** What becomes of a sample. */
export type InstructionEvent =
  | { readonly type: 'sample-written'; readonly id: string; readonly records: number }
  | { readonly type: 'sample-present'; readonly id: string }
  | { readonly type: 'sample-skipped'; readonly id: string; readonly problem: string };

/** What to write, where to and by whom. */
export interface WriteInstructionsOptions extends RunOptions {
  /** File of one JSON object per line; continued where it exists. */
  readonly path: string;
  /** Read as they are needed, so a data set need not fit into memory. */
  readonly samples: Iterable<LabelledMedia> | AsyncIterable<LabelledMedia>;
  /** Labels to choose from, in the order in which the question lists them. */
  readonly classes: readonly string[];
  readonly describer: Describer;
  /** Samples under way at once. @default 4 */
  readonly concurrency?: number;
  readonly onEvent?: (event: InstructionEvent) => void;
}

/** Counts of samples. */
export interface InstructionReport {
  readonly written: number;
  /** Samples whose records were all there already. */
  readonly present: number;
  /** Samples that got no usable description; the next call tries them again. */
  readonly skipped: readonly { readonly id: string; readonly problem: string }[];
}

const where = 'writeInstructions';

/**
 * Writes three records per sample: categorical, conversational, reasoning. Killed at any moment it leaves complete
 * lines and at most one that the next call cuts off; called again it goes on, and no id occurs twice. A service that
 * does not answer ends it; an answer that is no description only skips its sample.
 * @throws InvalidArgumentError for an unknown label, an id that repeats, or a sample without media; InvalidFileError
 *   for a file of something else; EndpointError; InvalidConfigError, AbortedError
 */
export async function writeInstructions(options: WriteInstructionsOptions): Promise<InstructionReport> {
  const { path, classes, concurrency = 4, signal } = options;
  requireLabels(where, classes);
  requireSizes(where, { concurrency }, ['concurrency']);
  throwIfAborted(signal, where);
  const file = await RecordFile.open(path, signal);
  // A failure in one place ends the others' requests too.
  const stop = new AbortController();
  const joined = AbortSignal.any([stop.signal, ...(signal ? [signal] : [])]);
  const tally = { written: 0, present: 0, skipped: [] as { id: string; problem: string }[] };
  try {
    const source = checkedSamples(options.samples, classes);
    const worker = async () => {
      for await (const sample of source) {
        throwIfAborted(joined, where);
        count(tally, await writeSample(file, sample, { ...options, signal: joined }), options);
      }
    };
    const workers = Array.from({ length: concurrency }, () => worker().catch((error) => stop.abort(error)));
    await Promise.all(workers);
    if (stop.signal.aborted) throw stop.signal.reason; // the first failure; the others were ended by it
    return tally;
  } finally {
    await file.close();
  }
}

function count(
  tally: { written: number; present: number; skipped: { id: string; problem: string }[] },
  event: InstructionEvent,
  { onEvent }: WriteInstructionsOptions,
): void {
  if (event.type === 'sample-written') tally.written++;
  else if (event.type === 'sample-present') tally.present++;
  else tally.skipped.push({ id: event.id, problem: event.problem });
  onEvent?.(event);
}

async function writeSample(
  file: RecordFile,
  sample: LabelledMedia,
  { classes, describer, signal }: WriteInstructionsOptions,
): Promise<InstructionEvent> {
  const { id, label } = sample;
  const missing = instructionKinds.filter((kind) => !file.has(recordId(id, kind)));
  if (missing.length === 0) return { type: 'sample-present', id };
  try {
    const description = await describer.describe(sample, classes, { signal });
    const problem = descriptionProblem(description, label);
    if (problem !== undefined) return { type: 'sample-skipped', id, problem: `the description ${problem}` };
    await file.append(instructionRecords(sample, classes, description, describer.source));
    return { type: 'sample-written', id, records: missing.length };
  } catch (error) {
    const isAnswer = NanoEmoxError.isInstance(error) && error.code === 'ENDPOINT_FAILED';
    if (isAnswer && (error as EndpointError).status === 200)
      return { type: 'sample-skipped', id, problem: error.message };
    throw error;
  }
}

/** One iterator for all workers: an async generator hands out one sample at a time, to whoever asks first. */
async function* checkedSamples(
  samples: WriteInstructionsOptions['samples'],
  classes: readonly string[],
): AsyncGenerator<LabelledMedia> {
  const seen = new Set<string>();
  let row = 0;
  for await (const sample of samples) {
    const { id, label, media } = sample;
    if (!classes.includes(label)) throw unknownLabel(label, row, classes, where, 'samples');
    if (id === '' || seen.has(id) || (media.image === undefined && media.video === undefined)) {
      throw new InvalidArgumentError({
        message: `${where}: samples[${row}] ${seen.has(id) ? `repeats the id ${id}` : 'has no id, or neither image nor video'}`,
        hint: 'Give each sample an id of its own and an image or a video.',
        argument: 'samples',
      });
    }
    seen.add(id);
    row++;
    yield sample;
  }
}
