import { appendFile, mkdir, readFile, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError } from '@nano-emox/engine/weights';
import { InvalidFileError } from '@nano-emox/tensor-contract';
import type { PredictedAnswer } from './predicted-answer';

/** A line of the file: an answer, and what it was asked of. */
type StoredAnswer = PredictedAnswer & {
  /** Hash over the model, the source and how it was asked. */
  readonly asked: string;
};

/**
 * Answers as JSON Lines, one appended at a time. A process may be killed at any moment: a last line that is not whole is cut
 * off when the file is opened again, and the answers before it are not asked again.
 */
export class AnswersFile {
  private constructor(
    private readonly path: string,
    private readonly asked: string,
    private readonly answers: ReadonlyMap<string, PredictedAnswer>,
  ) {}

  /**
   * Begins a file, or continues the one that is there.
   * @param asked names model, source and settings: answers to anything else are refused
   * @throws InvalidFileError when the file holds answers of something else, is damaged before its end, or cannot be read
   */
  static async open(path: string, asked: string): Promise<AnswersFile> {
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return Buffer.alloc(0);
      throw fileError(error, path, 'read');
    });
    const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
    if (wholeBytes < bytes.length) await truncate(path, wholeBytes);
    await mkdir(dirname(path), { recursive: true });
    const lines = bytes.subarray(0, wholeBytes).toString('utf8').split('\n').slice(0, -1);
    const stored = lines.map((line, index) => readLine(line, path, index + 1));
    const foreign = stored.findIndex((answer) => answer.asked !== asked);
    if (foreign >= 0) throw otherAnswers(path, foreign + 1);
    return new AnswersFile(path, asked, new Map(stored.map(({ asked: _, ...answer }) => [keyOf(answer), answer])));
  }

  /** The answer that an earlier run left. */
  get(question: Pick<PredictedAnswer, 'id' | 'task'>): PredictedAnswer | undefined {
    return this.answers.get(keyOf(question));
  }

  /** @throws InvalidFileError when the file cannot be written */
  async append(answer: PredictedAnswer): Promise<void> {
    const stored: StoredAnswer = { ...answer, asked: this.asked };
    await appendFile(this.path, `${JSON.stringify(stored)}\n`).catch((error) => {
      throw fileError(error, this.path, 'written');
    });
  }
}

const keyOf = ({ id, task }: Pick<PredictedAnswer, 'id' | 'task'>) => JSON.stringify([id, task]);

function readLine(line: string, path: string, number: number): StoredAnswer {
  try {
    const answer = JSON.parse(line) as StoredAnswer;
    if (typeof answer.id === 'string' && typeof answer.task === 'string') return answer;
  } catch {
    // said below
  }
  throw new InvalidFileError({
    message: `${path}:${number} is not an answer`,
    hint: 'Delete the file, or name another; the questions are then asked anew.',
    path,
  });
}

const otherAnswers = (path: string, line: number) =>
  new InvalidFileError({
    message: `${path}:${line} holds an answer of another model, to another data set or asked in another way`,
    hint: 'Name another file, or delete this one; the questions are then asked anew.',
    path,
  });
