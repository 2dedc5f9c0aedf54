import { affectTaskIds, allTaskIds, taskIds } from '@nano-emox/tasks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brief, createTinyModel, hasTrainedModel, trainedModelFolder } from '../__fixtures__/tiny-model';
import { NanoEmoX } from '../index';
import { noClip } from './analyze-text';

describe('a text without a clip', () => {
  let model: NanoEmoX;
  beforeAll(async () => {
    model = await createTinyModel({ workers: 0 });
  });
  afterAll(() => model.dispose());

  it('is asked all six tasks, or any of all there are', async () => {
    expect(Object.keys(await model.analyzeText('We won!', { sampling: brief }))).toEqual(taskIds);
    const outcomes = await model.analyzeText('We won!', { tasks: allTaskIds, emotion: 'joy', sampling: brief });
    expect(Object.keys(outcomes)).toEqual([...taskIds, ...affectTaskIds]);
    for (const outcome of Object.values(outcomes)) expect(['parsed', 'unparsed']).toContain(outcome.status);
  });

  it('is answered as a clip that shows nothing', async () => {
    const { mer } = await model.analyzeText('We won!', { tasks: ['mer'], sampling: brief });
    const { tasks } = await model.analyze(noClip, { words: 'We won!', tasks: ['mer'], sampling: brief });
    expect({ ...mer, durationMs: 0 }).toEqual({ ...tasks.mer, durationMs: 0 });
  });

  it.each([
    ['', {}, 'MISSING_MODALITY'],
    ['Hm.', { tasks: ['eiReg'] }, 'INVALID_ARGUMENT'],
    ['Hm.', { tasks: ['joy'] }, 'INVALID_ARGUMENT'],
    ['Hm.', { tasks: [] }, 'INVALID_ARGUMENT'],
    ['Hm.', { tasks: ['vOc'], signal: AbortSignal.abort() }, 'ABORTED'],
  ])('"%s" with %j is refused: %s', async (words, options, code) => {
    await expect(model.analyzeText(words, options as never)).rejects.toMatchObject({ code });
  });
});

it.skipIf(!hasTrainedModel)('the trained model names an emotion from words alone', async () => {
  const model = await NanoEmoX.fromPretrained(trainedModelFolder, { workers: 0 });
  const { mer } = await model.analyzeText('I am so happy, we won the game!', { tasks: ['mer'] });
  await model.dispose();
  expect(mer).toMatchObject({ status: 'parsed', value: { emotion: 'happy' } });
});
