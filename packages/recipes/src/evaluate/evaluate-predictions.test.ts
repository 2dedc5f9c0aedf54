import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labelSets } from '@nano-emox/tasks';
import type { EmotionSampleRow } from '@nano-emox/tasks/datasets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namedCorpus } from '../sources/named-corpus';
import { evaluatePredictionsFile } from './evaluate-file';
import { type EvaluationReport, evaluatePredictions } from './evaluate-predictions';
import { isRight } from './is-right';
import { matchPredictions } from './match-predictions';
import type { PredictedAnswer } from './predicted-answer';
import { readPredictions } from './read-predictions';
import { evaluationText, scoresMarkdown } from './report-text';

const provenance = { dataSet: 'mine', split: 'test', seed: 1, command: 'nano-emox eval --dataset mine=here' };

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evaluate-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function predictionsOf(name: string, content: string, ...task: Parameters<typeof readPredictions>[1][]) {
  const path = join(folder, name);
  await writeFile(path, content);
  return readPredictions(path, ...task);
}

const answer = (id: string, changes: Partial<PredictedAnswer>): PredictedAnswer => ({
  id,
  task: 'mer',
  gold: 'happy',
  prediction: ['happy'],
  text: 'The emotion is happy.',
  confidence: 0.9,
  ...changes,
});

const taskOf = (report: EvaluationReport, task: string) => report.tasks.find((entry) => entry.task === task);

describe('scores of answers', () => {
  it('are those that one computes by hand', async () => {
    const report = await evaluatePredictions(
      [
        answer('1', {}),
        answer('2', { gold: 'sad', prediction: ['sad'], confidence: 0.7 }),
        answer('3', { gold: 'sad', prediction: ['happy'], confidence: 0.5 }),
        answer('4', {
          gold: 'anger',
          prediction: '',
          text: 'I cannot say',
          unparsed: 'unknown-label',
          confidence: undefined,
        } as never),
      ],
      provenance,
    );
    const mer = taskOf(report, 'mer');
    expect(mer?.metrics).toMatchObject({ hitRate: 0.5, accuracy: 0.5 });
    expect(mer?.counts).toEqual({ questions: 4, unparsed: { 'unknown-label': 1 }, scored: 4, skipped: {} });
    expect(mer?.share).toBe(0.5);
    // |0.9 − 1|, |0.7 − 1| and |0.5 − 0| in bins of their own, over the three answers with a confidence.
    expect(mer?.calibrationError).toEqual({ value: expect.closeTo((0.1 + 0.3 + 0.5) / 3, 10), count: 3 });
    expect(report.summary).toEqual({});
  });

  it('count an answer that cannot be read as wrong in every task, also a sentiment that would pass for neutral', async () => {
    const unread = { prediction: '', text: '…', unparsed: 'missing-valence' } as const;
    const report = await evaluatePredictions(
      [
        { id: '1', task: 'msa', gold: -0.8, ...unread },
        { id: '2', task: 'msa', gold: 0.8, ...unread },
        { id: '1', task: 'mer', gold: 'sad', ...unread },
        { id: '1', task: 'ovMer', gold: ['sad'], ...unread },
        { id: '1', task: 'mir', gold: 'praise', ...unread },
        { id: '1', task: 'erg', gold: 'sad', ...unread },
      ],
      provenance,
    );
    expect(taskOf(report, 'msa')?.metrics).toMatchObject({ acc: 0, accBySign: 0 });
    for (const { task, main, share = 0 } of report.tasks)
      expect({ task, value: main?.value, share }).toEqual({ task, value: 0, share: 0 });
    expect(report.summary).toEqual({ perceptionAverage: 0, ergHitRate: 0 });
  });

  it('name the perception average and the hit rate, and carry what is needed to measure them again', async () => {
    const report = await evaluatePredictions(
      [
        { id: '1', task: 'msa', gold: 0.6, prediction: 'The sentiment is positive, valence 0.60.', text: '' },
        answer('1', {}),
        { id: '1', task: 'ovMer', gold: ['happy'], prediction: ['happy'], text: '' },
        { id: '2', task: 'ovMer', gold: ['happy'], prediction: ['sad'], text: '' },
        { id: '1', task: 'erg', gold: 'happy', prediction: 'The speaker feels happy. Well done!', text: '' },
      ],
      provenance,
    );
    expect(report.summary.perceptionAverage).toBeCloseTo((1 + 1 + 0.5) / 3, 10);
    const average = report.scores.find(({ metric }) => metric.startsWith('perception average'));
    expect(average).toEqual({
      ...provenance,
      metric: 'perception average (MER, MSA, OV-MER)',
      value: report.summary.perceptionAverage,
      best: 1,
      count: 4,
    });
    expect(report.scores.every((score) => score.command === provenance.command && Number.isFinite(score.value))).toBe(
      true,
    );
    expect(evaluationText(report)).toMatch(/perception average {2}0\.8333 of 1[\s\S]*MER hitRate +1\.0000 +1 +1/);
    expect(scoresMarkdown(report.scores).split('\n')[2]).toMatch(
      /^\| mine \| test \| MSA waf \| 1\.0000 \| 1 \| 1 \| 1 \| `nano-emox eval/,
    );
  });

  it('need answers', async () => {
    await expect(evaluatePredictions([], provenance)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('a file of predictions', () => {
  const row = (id: string, intent: string): EmotionSampleRow => ({
    id,
    dataSet: 'mine',
    split: 'test',
    targets: [
      { task: 'mir', value: { intent } },
      { task: 'mer', value: { emotion: 'sad' } },
    ],
    modalityMode: 'textonly',
  });
  const rows = [row('a', 'praise'), row('b', 'complain'), row('c', 'thank')];

  it('may lack ids and hold others; what is missing counts as wrong', async () => {
    const predictions = await predictionsOf(
      'long.csv',
      'id,task,prediction\na,mir,Praise\nb,mir,"Thank"\nz,mir,Praise\n',
    );
    const { answers, extra } = await matchPredictions(rows, predictions);
    expect(extra).toEqual([{ id: 'z', task: 'mir' }]);
    expect(answers.map(({ id, task, unparsed }) => [id, task, unparsed])).toEqual([
      ['a', 'mir', undefined],
      ['b', 'mir', undefined],
      ['c', 'mir', 'missing'],
    ]);
    const report = await evaluatePredictions(answers, provenance);
    expect(taskOf(report, 'mir')?.metrics.acc).toBeCloseTo(33.33, 10);
    expect(taskOf(report, 'mir')?.counts.unparsed).toEqual({ missing: 1 });
  });

  it('may have a column for each task', async () => {
    const predictions = await predictionsOf('wide.csv', 'id,mir,mer\na,praise,sad\nb,,joyful\n');
    expect(predictions.map(({ id, task, prediction }) => [id, task, prediction])).toEqual([
      ['a', 'mer', 'sad'],
      ['a', 'mir', 'praise'],
      ['b', 'mer', 'joyful'],
    ]);
  });

  it('may be JSON Lines with lists and confidences, and name no task where only one is meant', async () => {
    const lines = [
      { id: 'a', prediction: ['happy', 'proud'], confidence: 0.4 },
      { id: 'b', text: 'The person feels sad.' },
    ].map((line) => JSON.stringify(line));
    const predictions = await predictionsOf('list.jsonl', `${lines.join('\n')}\n`, 'ovMer');
    expect(predictions).toEqual([
      { id: 'a', task: 'ovMer', prediction: ['happy', 'proud'], confidence: 0.4, text: 'happy, proud' },
      { id: 'b', task: 'ovMer', prediction: 'The person feels sad.', text: 'The person feels sad.' },
    ]);
  });

  it.each([
    ['one.txt', 'id\n', 'does not tell the format'],
    ['no-id.csv', 'task,prediction\nmer,sad\n', 'no-id.csv:2 has no id'],
    ['no-task.csv', 'id,prediction\n1,sad\n', 'does not say which task'],
    ['odd-task.csv', 'id,task,prediction\n1,joy,sad\n', 'names the task "joy"'],
    ['no-answer.csv', 'id,task\n1,mer\n', 'has no answer'],
    ['twice.csv', 'id,task,label\n1,mer,sad\n1,MER,sad\n', 'two answers to mer'],
    ['sure.csv', 'id,task,label,confidence\n1,mer,sad,1.5\n', 'the confidence is 1.5'],
    ['broken.jsonl', '{"id": 1\n', 'broken.jsonl:1 is not a JSON object'],
    ['ragged.csv', 'id,task,label\n1,mer\n', 'is not a table'],
  ])('%s is refused', async (name, content, message) => {
    await expect(predictionsOf(name, content)).rejects.toMatchObject({
      code: 'INVALID_FILE',
      message: expect.stringContaining(message),
    });
  });

  it('has to be there', async () => {
    await expect(readPredictions(join(folder, 'absent.csv'))).rejects.toMatchObject({ code: 'MISSING_FILE' });
  });
});

describe('affect tasks', () => {
  const at = (name: string) => join(folder, name);
  const evaluate = (name: string, predictions: string) =>
    evaluatePredictionsFile({
      dataSet: { name, folder, split: 'dev' },
      predictions: at(predictions),
      seed: 1,
      command: 'test',
    });

  it('are scored from the files of SemEval-2018 and predictions in short or in words', async () => {
    const header = 'ID\tTweet\tAffect Dimension\tIntensity Class';
    const line = (id: number, emotion: string, level: number) => `${id}\tHm.\t${emotion}\t${level}: some amount`;
    await writeFile(at('EI-oc-En-joy-dev.txt'), [header, line(1, 'joy', 0), line(2, 'joy', 3), ''].join('\n'));
    await writeFile(at('EI-oc-En-fear-dev.txt'), [header, line(1, 'fear', 1), line(2, 'fear', 2), ''].join('\n'));
    const answers = ['id,prediction', '1/joy,0', '2/joy,The level of joy is 3.', '1/fear,2: moderate', '2/fear,1'];
    await writeFile(at('levels.csv'), answers.join('\n'));
    const { report, extra } = await evaluate('semeval2018-ei-oc', 'levels.csv');
    expect(extra).toEqual([]);
    const [scores] = report.tasks;
    expect(scores).toMatchObject({ task: 'eiOc', main: { metric: 'pearson', best: 1 }, share: 0.5 });
    expect(scores?.metrics).toMatchObject({
      'pearson of fear': expect.closeTo(-1, 12),
      'pearson of joy': expect.closeTo(1, 12),
      pearson: expect.closeTo(0, 12),
    });
    expect(evaluationText(report)).toContain('EI-oc pearson of joy');
  });

  it('tell a neutral text from one that nobody answered', async () => {
    const columns = ['ID', 'Tweet', ...labelSets.semeval2018];
    const zeros = Array(11).fill('0').join('\t');
    await writeFile(at('E-c-En-dev.txt'), [columns.join('\t'), `1\tOk.\t${zeros}`, `2\tOk.\t${zeros}`, ''].join('\n'));
    await writeFile(at('emotions.jsonl'), '{"id":"1","task":"E-c","prediction":"neutral"}\n');
    const { report } = await evaluate('semeval2018-e-c', 'emotions.jsonl');
    expect(report.tasks[0]).toMatchObject({
      task: 'eC',
      metrics: { jaccard: 0.5 },
      counts: { unparsed: { missing: 1 } },
    });
  });

  it('are right or wrong where they have classes', () => {
    expect(isRight('vOc', -2, 'The valence class is -2.')).toBe(true);
    expect(isRight('vOc', -2, 2)).toBe(false);
    expect(isRight('eiOc', 'joy 2', '2')).toBe(true);
    expect(isRight('eiOc', 'joy 2', 'The level of fear is 2.')).toBe(false);
    expect(isRight('vReg', 0.5, 0.5)).toBeUndefined();
  });
});

describe('the description of a table', () => {
  const describedBy = async (targets: unknown) => {
    await writeFile(join(folder, 'dataset.json'), JSON.stringify({ files: { test: 'test.csv' }, id: '{id}', targets }));
    return namedCorpus('mine', folder);
  };

  it('says what each task is read from', async () => {
    const { splits } = await describedBy([{ task: 'msa', sentiment: '{feeling}' }]);
    expect(splits).toEqual(['test']);
    const affect = [
      { task: 'eiReg', emotion: '{which}', intensity: '{much}' },
      { task: 'vOc', valence: '{valence}' },
    ];
    expect((await describedBy(affect)).layouts[0]?.targets).toEqual(affect);
  });

  it.each([
    ['no target', []],
    ['an unknown task', [{ task: 'joy' }]],
    ['a task without its fields', [{ task: 'eri', description: '{text}' }]],
    ['labels that are none', [{ task: 'mer', label: '{emotion}', labels: null }]],
  ])('with %s is refused', async (_, targets) => {
    await expect(describedBy(targets)).rejects.toMatchObject({ code: 'INVALID_FILE' });
  });
});
