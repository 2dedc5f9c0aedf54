import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NanoEmoX } from 'nano-emox';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSmallModel, hasTokenizer, smallSource } from '../__fixtures__/small-source';
import type { EmotionSource } from '../sources/emotion-source';
import { evaluatePredictions } from './evaluate-predictions';
import { predictAnswers } from './predict-answers';
import type { PredictedAnswer } from './predicted-answer';
import { readPredictions } from './read-predictions';

const source = smallSource('clips', 3);
const sampling = { maxNewTokens: 3 } as const;

async function collect(answers: AsyncIterable<PredictedAnswer>, atMost = Number.POSITIVE_INFINITY) {
  const collected: PredictedAnswer[] = [];
  for await (const answer of answers) if (collected.push(answer) >= atMost) break;
  return collected;
}

describe.skipIf(!hasTokenizer)('predictAnswers', () => {
  let model: NanoEmoX;
  let folder = '';
  beforeAll(async () => {
    model = await createSmallModel();
    folder = await mkdtemp(join(tmpdir(), 'answers-'));
  });
  afterAll(async () => {
    await model.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('asks every task of every clip, and gives what cannot be read a reason', async () => {
    const answers = await collect(predictAnswers({ model, source, sampling }));
    expect(answers.map(({ id, task }) => `${id} ${task}`).slice(0, 7)).toEqual([
      ...['msa', 'mer', 'ovMer', 'eri', 'mir', 'erg'].map((task) => `clips-0 ${task}`),
      'clips-1 msa',
    ]);
    expect(answers).toHaveLength(18);
    for (const { unparsed, confidence, text } of answers) {
      expect(unparsed === undefined).toBe(confidence !== undefined);
      expect(typeof text).toBe('string');
    }
    const report = await evaluatePredictions(answers, { dataSet: 'clips', split: 'dev', seed: 1, command: 'test' });
    expect(report.tasks.map(({ counts }) => counts.questions)).toEqual([3, 3, 3, 3, 3, 3]);
  });

  it('asks affect tasks of the words alone, naming the emotion that they are about', async () => {
    const questions: string[] = [];
    const { languageModel } = model.components;
    const generate = vi.spyOn(languageModel, 'generate');
    const affect: EmotionSource = {
      ...source,
      length: 1,
      row: async (index) => ({
        ...(await source.row(index)),
        targets: [
          { task: 'eiReg', value: { emotion: 'fear', intensity: 0.5 } },
          { task: 'vOc', value: { valenceClass: 2 } },
        ],
      }),
    };
    const answers = await collect(predictAnswers({ model, source: affect, sampling }));
    for (const [prompt, softTokens] of generate.mock.calls) {
      expect(softTokens).toEqual([]);
      questions.push(prompt.map((segment) => ('text' in segment ? segment.text : '')).join(''));
    }
    generate.mockRestore();
    expect(answers.map(({ task, gold }) => [task, gold])).toEqual([
      ['eiReg', 'fear 0.5'],
      ['vOc', 2],
    ]);
    expect(questions[0]).toMatch(/\[Affect\] .*\bfear\b/);
    const wordless = await collect(predictAnswers({ model, source: affect, words: false, sampling }));
    expect(wordless.map(({ unparsed }) => unparsed)).toEqual(['nothing-to-ask', 'nothing-to-ask']);
  });

  it('continues after a kill in the middle of a line, and asks nothing twice', async () => {
    const file = join(folder, 'answers.jsonl');
    const options = { model, source, sampling, tasks: ['mer', 'erg'], file } as const;
    await collect(predictAnswers(options), 3);
    await appendFile(file, '{"id":"clips-1","task":"erg","gold":"sa'); // what a killed process leaves
    const asked: number[] = [];
    const counting = {
      ...source,
      features: (index: number) => {
        asked.push(index);
        return source.features(index);
      },
    };
    const continued = await collect(predictAnswers({ ...options, source: counting }));
    expect(asked).toEqual([1, 2]);
    expect(continued).toEqual(await collect(predictAnswers({ ...options, file: join(folder, 'whole.jsonl') })));
    expect(await readFile(file, 'utf8')).toBe(await readFile(join(folder, 'whole.jsonl'), 'utf8'));
    expect((await readPredictions(file)).map(({ id, task }) => [id, task])).toEqual(
      continued.map(({ id, task }) => [id, task]),
    );
  });

  it('does not mix answers to other questions', async () => {
    const file = join(folder, 'mine.jsonl');
    await collect(predictAnswers({ model, source, sampling, tasks: ['mir'], file }));
    const unheard = predictAnswers({ model, source, sampling, tasks: ['mir'], file, words: false });
    await expect(collect(unheard)).rejects.toMatchObject({ code: 'INVALID_FILE', path: file });
    await writeFile(file, 'no answer\n');
    const damaged = predictAnswers({ model, source, sampling, tasks: ['mir'], file });
    await expect(collect(damaged)).rejects.toThrow('mine.jsonl:1 is not an answer');
  });

  it('tells of a clip that offers nothing, and stops when asked to', async () => {
    const empty = { ...source, length: 1, features: async () => ({}) };
    const [answer] = await collect(predictAnswers({ model, source: empty, sampling, tasks: ['mer'], words: false }));
    expect(answer).toMatchObject({ unparsed: 'nothing-to-ask', prediction: '' });
    const stopped = predictAnswers({ model, source, sampling, signal: AbortSignal.abort() });
    await expect(collect(stopped)).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(collect(predictAnswers({ model, source, limit: 0 }))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});
