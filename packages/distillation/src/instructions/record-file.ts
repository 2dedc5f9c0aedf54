import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError } from '@nano-emox/engine/weights';
import type { RunOptions } from '@nano-emox/tensor-contract';
import { badLine, parseLine, scanLines } from '../files/scan-lines';
import { type InstructionRecord, recordProblem } from './instruction-record';

/**
 * Reads records one by one. A last line that a killed writer left incomplete is not a record.
 * @throws MissingFileError; InvalidFileError naming the line that is no record or has the id of an earlier one;
 *   AbortedError
 */
export async function* readInstructions(path: string, options: RunOptions = {}): AsyncGenerator<InstructionRecord> {
  for await (const { record } of scanRecords(path, options.signal)) yield record;
}

async function* scanRecords(path: string, signal?: AbortSignal) {
  const seen = new Set<string>();
  for await (const line of scanLines(path, signal)) {
    if (!line.isComplete) return;
    const record = parseLine(line, path) as InstructionRecord;
    const problem = recordProblem(record) ?? (seen.has(record.id) ? `repeats the id ${record.id}` : undefined);
    if (problem) throw badLine(path, line.number, problem);
    seen.add(record.id);
    yield { record, endBytes: line.endBytes };
  }
}

/**
 * A file of records that grows line by line and can be continued after any end of its writer: what is there is
 * checked, an incomplete last line is cut off. One writer at a time.
 */
export class RecordFile {
  private tail: Promise<void> = Promise.resolve();

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly ids: Set<string>,
  ) {}

  /** @throws InvalidFileError for a file that holds anything but records, AbortedError */
  static async open(path: string, signal?: AbortSignal): Promise<RecordFile> {
    const ids = new Set<string>();
    let endBytes = 0;
    if (await exists(path)) {
      for await (const scanned of scanRecords(path, signal)) {
        ids.add(scanned.record.id);
        endBytes = scanned.endBytes;
      }
    }
    try {
      await mkdir(dirname(path), { recursive: true });
      const file = await open(path, 'a');
      await file.truncate(endBytes);
      return new RecordFile(path, file, ids);
    } catch (error) {
      throw fileError(error, path, 'written');
    }
  }

  /** Whether a record of this id is there. */
  has(id: string): boolean {
    return this.ids.has(id);
  }

  /** Appends the records that are not there yet, in one write. @throws InvalidFileError when the disk refuses */
  append(records: readonly InstructionRecord[]): Promise<void> {
    const fresh = records.filter(({ id }) => !this.ids.has(id));
    for (const { id } of fresh) this.ids.add(id);
    const text = fresh.map((record) => `${JSON.stringify(record)}\n`).join('');
    // Writes of several samples must not mix, so each waits for the one before.
    this.tail = this.tail.then(() => this.file.appendFile(text));
    return this.tail.catch((error) => {
      throw fileError(error, this.path, 'written');
    });
  }

  /** Waits for what is being written, and makes it durable. */
  async close(): Promise<void> {
    await this.tail.catch(() => undefined); // told to whoever appended
    await this.file.sync().catch(() => undefined);
    await this.file.close();
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw fileError(error, path, 'read');
  }
}
