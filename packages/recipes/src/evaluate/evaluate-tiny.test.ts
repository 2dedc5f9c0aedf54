import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmallModel, hasTokenizer } from '../__fixtures__/small-source';
import { isHeldOutText } from '../data/task-texts';
import { type EvaluationEvent, evaluateTiny } from './evaluate-tiny';
import { heldOutGoEmotions, heldOutMintrec, readDialogues } from './text-corpora';
import { multiLabelMacroF1 } from './text-scores';
import { readVoiceCorpus } from './voice-corpora';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evaluate-tiny-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function writeData(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), content);
}

async function archive(names: readonly string[]): Promise<Uint8Array> {
  const tar = pack();
  for (const name of names) tar.entry({ name }, 'sound');
  tar.finalize();
  return buffer(tar);
}

describe('texts', () => {
  const sentences = Array.from({ length: 200 }, (_, index) => `We will meet number ${index} tomorrow.`);

  it('are those of the official test part where it is there, else those that nothing trains on', async () => {
    const rows = sentences.map((text, index) => `c${index}\t${text}\tPraise`);
    await writeData('text/mintrec/train.tsv', ['clip\ttext\tintent', ...rows].join('\n'));
    const held = await heldOutMintrec(folder);
    expect(held.split).toBe('held-out texts of train.tsv');
    expect(held.items.map(({ text }) => text)).toEqual(sentences.filter((text) => isHeldOutText(text)));
    expect(held.items.length).toBeGreaterThan(0);
    await writeData('text/mintrec/test.tsv', 'clip\ttext\tintent\na\tThank you all.\tThank\n');
    const test = await heldOutMintrec(folder);
    expect(test).toMatchObject({ split: 'test', items: [{ text: 'Thank you all.', label: 'thank' }] });
  });

  it('are grouped as Ekman does', async () => {
    await writeData('text/goemotions/labels.txt', 'joy\nannoyance\nrealization\nneutral\n');
    await writeData('text/goemotions/test.tsv', 'Oh, I see now.\t0,2\tx\nNot again.\t1\ty\n');
    const { items } = await heldOutGoEmotions(folder);
    expect(items.map(({ label }) => label)).toEqual([['happy', 'surprise'], ['anger']]);
    await writeData('text/goemotions/test.tsv', 'Oh.\t9\tx\n');
    await expect(heldOutGoEmotions(folder)).rejects.toMatchObject({ code: 'INVALID_FILE' });
    await writeData('text/goemotions/test.tsv', 'Oh, I see now.\t0\tx\n');
  });

  it('are whole conversations up to the last words of the speaker', async () => {
    const stages = [
      { dialog: ['I lost my dog.'], emotion: 'sad' },
      { dialog: ['I lost my dog.', 'When?', 'Today.', 'I am sorry.'], emotion: 'sad' },
      { dialog: ['We won!'], emotion: 'joyful' },
    ];
    const lines = stages.map((stage) => JSON.stringify(stage)).join('\n');
    await writeData('text/empathetic-dialogues/dev.jsonl', lines);
    expect((await readDialogues(folder)).map(({ emotion, dialogue }) => [emotion, dialogue])).toEqual([
      [
        'sad',
        {
          history: [
            { role: 'speaker', utterance: 'I lost my dog.' },
            { role: 'listener', utterance: 'When?' },
          ],
          input: 'Today.',
        },
      ],
      ['joyful', { history: [], input: 'We won!' }],
    ]);
  });

  it('may have several classes, of which one is named', () => {
    // happy: precision 1/2, recall 1/1; sad: 1/1, 1/2; anger: never named.
    const value = multiLabelMacroF1(
      [['happy', 'sad'], ['sad'], ['anger']],
      ['happy', 'sad', 'happy'],
      ['happy', 'sad', 'anger'],
    );
    expect(value).toBeCloseTo((2 / 3 + 2 / 3 + 0) / 3, 10);
  });
});

describe('voices', () => {
  it('have the classes of their corpus, without those that are left out', async () => {
    await writeData(
      'speech/emogator.tar',
      await archive(['e/000001-02-1.opus', 'e/000001-04-1.opus', 'e/000002-28-3.opus']),
    );
    await writeData('speech/ravdess.tar', await archive(['r/03-01-08-02-02-02-19.opus']));
    await writeData('speech/emodb.tar', await archive(['emodb/08a01Lb.flac']));
    await writeData(
      'speech/emodb-labels.csv',
      'file,speaker,text_code,emotion,source\nemodb/08a01Lb.flac,08,a01,boredom,cut\n',
    );
    const read = async (corpus: Parameters<typeof readVoiceCorpus>[0]) =>
      (await readVoiceCorpus(corpus, folder)).map(({ speaker, emotion }) => `${speaker} ${emotion}`);
    expect(await read('emogator')).toEqual(['emogator-000001 amusement', 'emogator-000002 surprise (positive)']);
    expect(await read('ravdess')).toEqual(['ravdess-19 surprised']);
    expect(await read('emodb')).toEqual(['emodb-08 boredom']);
    await writeData('speech/ravdess.tar', await archive(['r/readme.txt']));
    await expect(read('ravdess')).rejects.toMatchObject({ code: 'INVALID_FILE' });
  });
});

describe.skipIf(!hasTokenizer)('evaluateTiny', { timeout: 120_000 }, () => {
  it('takes the measurements whose data is there, and writes where it is told to', async () => {
    const model = await createSmallModel();
    await model.save(join(folder, 'model'));
    await model.dispose();
    const events: EvaluationEvent[] = [];
    const scoresPath = join(folder, 'out', 'scores.json');
    const options = {
      model: join(folder, 'model'),
      dataFolder: folder,
      cacheFolder: join(folder, 'cache'),
      only: ['mintrec', 'fer2013'] as const,
      scoresPath,
      command: 'measure',
      device: 'cpu' as const,
      onEvent: (event: EvaluationEvent) => void events.push(event),
    };
    const result = await evaluateTiny(options);
    expect(events.map(({ type, measurement }) => `${type} ${measurement}`)).toEqual([
      'measurement-skipped fer2013',
      'measurement-start mintrec',
      'measurement-delta mintrec',
      'measurement-end mintrec',
    ]);
    expect(result.scores[0]).toMatchObject({
      metric: 'MIR acc',
      split: 'test',
      best: 100,
      count: 1,
      command: 'measure mintrec',
    });
    const written = async () => JSON.parse(await readFile(scoresPath, 'utf8'));
    expect(await written()).toEqual(result);
    expect(await evaluateTiny(options)).toEqual(result); // from the answers that were kept

    const { scores: others } = await evaluateTiny({ ...options, only: ['goemotions'] });
    expect((await written()).scores).toEqual([...others, ...result.scores]);
    await evaluateTiny({ ...options, seed: 2 });
    expect((await written()).scores).toHaveLength(result.scores.length); // of another seed: the others do not belong to them
    await expect(evaluateTiny({ ...options, only: ['moon'] as never })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});
