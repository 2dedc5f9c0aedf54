import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { fileError } from '@nano-emox/engine/weights';
import { DisposedError, InvalidFileError } from '@nano-emox/tensor-contract';
import type { TrainingEvent } from '../events';

/** One line of `metrics.jsonl`. */
export type MetricsLine = TrainingEvent & {
  /** ISO 8601. */
  readonly time: string;
  /** Which session of `config.json` it comes from, counted from 1. */
  readonly session: number;
};

/**
 * A file of JSON lines to which a run appends. Each line is with the operating system when `append` returns, so a killed
 * process has lost none; a line that it was just writing is cut off at the next start.
 */
export class MetricsLog {
  private isClosed = false;

  private constructor(
    readonly path: string,
    private readonly file: number,
    private sizeBytes: number,
    private lastSteps: Map<string, number>,
  ) {}

  /** @throws InvalidFileError when the file cannot be written or a line is not JSON */
  static open(path: string): MetricsLog {
    let file: number | undefined;
    try {
      file = openSync(path, 'a+');
      const lastSteps = new Map<string, number>();
      let endBytes = 0;
      for (const { line, endBytes: end } of readLines(file, path)) {
        noteStep(lastSteps, line);
        endBytes = end;
      }
      if (fstatSync(file).size > endBytes) ftruncateSync(file, endBytes);
      return new MetricsLog(path, file, endBytes, lastSteps);
    } catch (error) {
      if (file !== undefined) closeSync(file);
      throw fileError(error, path, 'written');
    }
  }

  /** Adds a line. @throws InvalidFileError when it cannot be written; the file then ends with the line before */
  append(line: MetricsLine): void {
    this.requireOpen();
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    try {
      for (let start = 0; start < bytes.length; ) start += writeSync(this.file, bytes, start);
    } catch (error) {
      ftruncateSync(this.file, this.sizeBytes);
      throw fileError(error, this.path, 'written');
    }
    this.sizeBytes += bytes.length;
    noteStep(this.lastSteps, line);
  }

  /**
   * Drops what was recorded after a step of a phase, later phases included, because training continues from there. Lines
   * are in the order of training, so this only shortens the file, in one operation of the file system.
   */
  dropAfter(phase: string, step: number): void {
    this.requireOpen();
    if ((this.lastSteps.get(phase) ?? 0) <= step) return;
    const lastSteps = new Map<string, number>();
    for (const { line, startBytes } of readLines(this.file, this.path)) {
      if (stepOf(line, phase) > step) {
        ftruncateSync(this.file, startBytes);
        this.sizeBytes = startBytes;
        break;
      }
      noteStep(lastSteps, line);
    }
    this.lastSteps = lastSteps;
  }

  /** Closes the file. Idempotent. */
  close(): void {
    if (!this.isClosed) closeSync(this.file);
    this.isClosed = true;
  }

  private requireOpen(): void {
    if (!this.isClosed) return;
    throw new DisposedError({ message: 'TrainingRun was used after its end', hint: 'Open the run folder again.' });
  }
}

/** Lines of a log as they are, without a last one that is not finished. @throws InvalidFileError, MissingFileError */
export function* readMetrics(path: string): Generator<MetricsLine> {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    for (const { line } of readLines(file, path)) yield line;
  } catch (error) {
    throw fileError(error, path, 'read');
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

interface PlacedLine {
  readonly line: MetricsLine;
  readonly startBytes: number;
  readonly endBytes: number;
}

const NEW_LINE = 0x0a;
const CHUNK_BYTES = 1 << 18;
/** Longer than any event: what has no line ends is not read into memory as one line. */
const MAX_LINE_BYTES = 1 << 24;

function* readLines(file: number, path: string): Generator<PlacedLine> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let rest: Buffer = Buffer.alloc(0);
  let startBytes = 0;
  let lineNumber = 0;
  for (let position = 0; ; ) {
    const length = readSync(file, chunk, 0, CHUNK_BYTES, position);
    if (length === 0) return;
    position += length;
    rest = Buffer.concat([rest, chunk.subarray(0, length)]);
    let consumed = 0;
    for (let end = rest.indexOf(NEW_LINE); end >= 0; end = rest.indexOf(NEW_LINE, consumed)) {
      const endBytes = startBytes + (end + 1 - consumed);
      const line = parseLine(rest.toString('utf8', consumed, end), path, ++lineNumber);
      yield { line, startBytes, endBytes };
      startBytes = endBytes;
      consumed = end + 1;
    }
    rest = rest.subarray(consumed);
    if (rest.length > MAX_LINE_BYTES) throw notAnEvent(path, lineNumber + 1);
  }
}

function parseLine(text: string, path: string, lineNumber: number): MetricsLine {
  let cause: unknown;
  try {
    const line: unknown = JSON.parse(text);
    if (typeof line === 'object' && line !== null && 'type' in line) return line as MetricsLine;
  } catch (error) {
    cause = error;
  }
  throw notAnEvent(path, lineNumber, cause);
}

function notAnEvent(path: string, lineNumber: number, cause?: unknown): InvalidFileError {
  return new InvalidFileError({
    message: `${path}: line ${lineNumber} is not a training event`,
    hint: 'The file was changed or damaged; remove the line, or move the file away to begin a new one.',
    path,
    cause,
  });
}

/** Step of a line of `phase`; 0 for other lines. */
const stepOf = (line: MetricsLine, phase: string): number => (line.phase === phase && 'step' in line ? line.step : 0);

function noteStep(lastSteps: Map<string, number>, line: MetricsLine): void {
  lastSteps.set(line.phase, Math.max(lastSteps.get(line.phase) ?? 0, stepOf(line, line.phase)));
}
