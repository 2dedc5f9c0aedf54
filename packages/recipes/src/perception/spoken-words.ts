import { join } from 'node:path';
import { parseAnswer } from '@nano-emox/tasks';
import type { RunOptions } from '@nano-emox/tensor-contract';
import type { NanoEmoX } from 'nano-emox';
import { answersIdentity, type PredictionEvent, predictAnswers } from '../evaluate/predict-answers';
import { selectSource } from '../sources/select-source';
import type { PerceptionRow } from './perception-rows';

/** How the language model is asked. */
export interface SpokenWordsOptions extends RunOptions {
  readonly model: NanoEmoX;
  readonly classes: readonly string[];
  /** Keeps the answers, so that a call that was stopped continues. */
  readonly cacheFolder?: string | undefined;
  readonly onEvent?: ((event: PredictionEvent) => void) | undefined;
}

/** What the language model alone says about each row: one of the classes, or `undefined` where it could not be read. */
export async function spokenWords(
  rows: readonly PerceptionRow[],
  { model, classes, cacheFolder, signal, onEvent }: SpokenWordsOptions,
): Promise<readonly (string | undefined)[]> {
  const words = new Map<PerceptionRow, string>();
  for (const source of new Set(rows.map((row) => row.source))) {
    const own = rows.filter((row) => row.source === source);
    const asked = selectSource(source, { indices: own.map(({ index }) => index), row: { candidates: classes } });
    const question = { model, source: asked, perceptionHead: false };
    const name = `${source.name}-${answersIdentity(question).slice(0, 16)}.jsonl`;
    const answers = predictAnswers({
      ...question,
      tasks: ['mer'],
      ...(cacheFolder !== undefined && { file: join(cacheFolder, name) }),
      ...(onEvent && { onEvent }),
      signal,
    });
    const rowOf = new Map(own.map((row) => [row.id, row]));
    for await (const { id, text } of answers) {
      const outcome = parseAnswer('mer', text, { candidates: classes });
      if (outcome.status === 'parsed') words.set(rowOf.get(id) as PerceptionRow, outcome.value.emotion);
    }
  }
  return rows.map((row) => words.get(row));
}
