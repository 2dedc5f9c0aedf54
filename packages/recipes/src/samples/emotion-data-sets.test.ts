import { modalityModes, parseAnswer } from '@nano-emox/tasks';
import type { EmotionSampleRow } from '@nano-emox/tasks/datasets';
import type { EmotionModelConfig } from 'nano-emox';
import { type ClipFeatures, changeModelConfig, type EmotionSample } from 'nano-emox/training';
import { beforeAll, describe, expect, it } from 'vitest';
import { readTokenizerOfTiny, smallConfig } from '../__fixtures__/small-model';
import type { EmotionSource } from '../sources/emotion-source';
import { emotionDataSets } from './emotion-data-sets';
import type { SampleEvent, SampleOptions } from './sample-options';

let tokenizer: Awaited<ReturnType<typeof readTokenizerOfTiny>>;
beforeAll(async () => {
  tokenizer = await readTokenizerOfTiny();
});

const seen: ClipFeatures = { face: new Float32Array(1), scene: new Float32Array(1), sceneLevels: new Float32Array(1) };
const heard: ClipFeatures = { audio: new Float32Array(1), audioLevels: new Float32Array(1) };
const full = { ...seen, ...heard };

const row = (index: number, extra: Partial<EmotionSampleRow> = {}): EmotionSampleRow => ({
  id: `clip-${index}`,
  dataSet: 'own',
  split: 'train',
  subtitle: `I counted ${index} birds.`,
  targets: [
    { task: 'mer', value: { emotion: 'happy' } },
    { task: 'mir', value: { intent: 'inform' } },
  ],
  modalityMode: 'multiface_audio_face_frame_text',
  ...extra,
});

function sourceOf(rows: readonly EmotionSampleRow[], features: readonly ClipFeatures[] = []): EmotionSource {
  return {
    name: 'own',
    length: rows.length,
    row: async (index) => rows[index] as EmotionSampleRow,
    features: async (index) => features[index] ?? full,
  };
}

async function textsOf(
  source: EmotionSource,
  options: SampleOptions & { onEvent?: (event: SampleEvent) => void } = {},
  config: EmotionModelConfig = smallConfig,
) {
  const sets = await emotionDataSets(source, tokenizer, config, options);
  const entries = sets.map(async (set) => {
    const samples = await Promise.all(Array.from({ length: set.length }, (_, index) => set.get(index)));
    return [set.name, samples.map(textOf)] as const;
  });
  return { sets, texts: Object.fromEntries(await Promise.all(entries)) };
}

/** The sequence as text, soft tokens as `_`; and the answer that is supervised. */
function textOf({ sequence }: EmotionSample) {
  const { inputIds, spliceIndex, labels } = sequence;
  const isText = (index: number) => spliceIndex[index] === -1;
  const prompt = inputIds.filter((_, index) => isText(index) && labels[index] === -100);
  return {
    prompt: tokenizer.decode(prompt.slice(1)),
    softTokens: inputIds.filter((_, index) => !isText(index)).length,
    answer: tokenizer.decode(labels.filter((label) => label !== -100).slice(0, -1)),
  };
}

describe('emotionDataSets', () => {
  it('makes a data set of each task, from the rows that answer it', async () => {
    const onlyIntent = row(1, { targets: [{ task: 'mir', value: { intent: 'thank' } }] });
    const { texts } = await textsOf(sourceOf([row(0), onlyIntent]), { paraphrases: 'first' });
    expect(Object.keys(texts)).toEqual(['own/mer', 'own/mir']);
    expect(texts['own/mer']).toHaveLength(1);
    expect(texts['own/mir']?.map(({ answer }) => parseAnswer('mir', answer))).toMatchObject([
      { status: 'parsed', value: { intent: 'inform' } },
      { status: 'parsed', value: { intent: 'thank' } },
    ]);
    expect(texts['own/mer']?.[0]?.prompt).toContain('I counted 0 birds.');
    expect(texts['own/mer']?.[0]?.softTokens).toBe(2 + 4 + 2 + 1); // frame, face, audio, fused
  });

  it('draws the wording and hidden words from the seed and nothing else', async () => {
    const source = sourceOf(Array.from({ length: 60 }, (_, index) => row(index)));
    const options = { seed: 4, wordless: { share: 0.4, tasks: ['mer'] } } as const;
    const [first, again, other] = await Promise.all([
      textsOf(source, options),
      textsOf(source, options),
      textsOf(source, { ...options, seed: 5 }),
    ]);
    expect(first.texts).toEqual(again.texts);
    expect(first.sets.map(({ fingerprint }) => fingerprint)).toEqual(again.sets.map(({ fingerprint }) => fingerprint));
    expect(first.sets[0]?.fingerprint).not.toBe(other.sets[0]?.fingerprint);
    const hidden = (task: string) =>
      first.texts[`own/${task}`]?.filter(({ prompt }) => !prompt.includes('birds')).length;
    expect(hidden('mer')).toBeGreaterThan(12);
    expect(hidden('mer')).toBeLessThan(36);
    expect(hidden('mir')).toBe(0);
    const wordings = new Set(
      first.texts['own/mer']?.map(({ prompt }) => prompt.replace(/.*Answer from all of the above\./s, '')),
    );
    expect(wordings.size).toBeGreaterThan(1);
  });

  it('asks with what a clip offers and the model has', async () => {
    const rows = [0, 1, 2, 3].map((index) => row(index));
    const source = sourceOf(rows, [full, seen, heard, {}]);
    const counts = async (config?: EmotionModelConfig) =>
      (await textsOf(source, {}, config)).texts['own/mer']?.map(({ softTokens }) => softTokens);
    expect(await counts()).toEqual([9, 6, 2, 0]);
    expect(await counts(changeModelConfig(smallConfig, { without: ['face'] }))).toEqual([5, 2, 2, 0]);
    expect(modalityModes[rows[0]?.modalityMode as 'face'].needs).toContain('multi');
  });

  it('asks affect tasks of the words alone, and names the emotion that they are about', async () => {
    const affect = row(0, {
      targets: [
        { task: 'eiOc', value: { emotion: 'fear', level: 2 } },
        { task: 'eC', value: { emotions: [] } },
      ],
    });
    const { texts } = await textsOf(sourceOf([affect]), { paraphrases: 'first' });
    expect(Object.keys(texts)).toEqual(['own/eiOc', 'own/eC']);
    expect(texts['own/eiOc']).toMatchObject([{ softTokens: 0, answer: 'The level of fear is 2.###' }]);
    expect(texts['own/eiOc']?.[0]?.prompt).toMatch(/I counted 0 birds.*How much fear/s);
    expect(texts['own/eC']).toMatchObject([{ softTokens: 0, answer: 'The emotions are neutral.###' }]);
  });

  it('leaves out and reports what cannot be asked', async () => {
    const long = row(1, { subtitle: 'and then '.repeat(900) });
    const odd = row(2, { targets: [{ task: 'mer', value: { emotion: 'bewitched' } }] });
    const events: SampleEvent[] = [];
    const { texts } = await textsOf(sourceOf([row(0), long, odd]), { onEvent: (event) => events.push(event) });
    expect(texts['own/mer']).toHaveLength(1);
    expect(events.map(({ id, task }) => `${id} ${task}`)).toEqual(['clip-1 mer', 'clip-1 mir', 'clip-2 mer']);
    expect(events[0]?.message).toMatch(/at most 768/);
    expect(events[2]?.message).toMatch(/bewitched/);
  });

  it('checks labels against those of the row, and lists them where the model is told candidates', async () => {
    const own = row(0, { targets: [{ task: 'mer', value: { emotion: 'calm' } }], candidates: ['calm', 'tense'] });
    const told = { ...smallConfig, input: { ...smallConfig.input, listCandidates: true } };
    const { texts } = await textsOf(sourceOf([own]), {}, told);
    expect(texts['own/mer']?.[0]?.prompt).toContain('Choose from: calm, tense.');
    expect(texts['own/mer']?.[0]?.answer).toContain('calm');
  });
});
