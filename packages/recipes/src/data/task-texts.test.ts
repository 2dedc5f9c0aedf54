import { existsSync } from 'node:fs';
import { Random } from '@nano-emox/engine';
import { emotionValence, labelSets, parseAnswer, type TaskId, taskIds } from '@nano-emox/tasks';
import { beforeAll, describe, expect, it } from 'vitest';
import { dataFolder } from './__fixtures__/data-folder';
import { actedTargets, affectTargets, answersOf, textTargets } from './answers';
import { cleanText } from './clean-text';
import { brighterWords, type EmotionWord, goEmotionsWords, xedWords } from './emotion-words';
import { loadTaskTexts, type TaskText, type TaskTexts } from './task-texts';
import type { LabelledText } from './text-sets';
import { describedPrompt, tinyPrompt } from './tiny-prompt';
import { sourceShareOf, taskShares, taskTextWeights, WeightedDraw } from './weighted-draw';

describe('cleanText', () => {
  it.each([
    ['A man is going to die .', 'A man is going to die.'],
    ["I do n't know , it 's half - hour late !", "I don't know, it's half-hour late!"],
    ['“It’s   fine”', `It's fine`],
    ['- Who is there?', 'Who is there?'],
    ['[NAME] won the game', undefined],
    ['see https://example.org now', undefined],
    ['..', undefined],
    ['so good 😂', undefined],
    [`${'very '.repeat(40)}long text`, undefined],
  ])('%s', (text, expected) => {
    expect(cleanText(text)).toBe(expected);
  });
});

describe('emotion words', () => {
  it('have a known valence, so that sentiment follows from them', () => {
    const words = [
      ...Object.values(goEmotionsWords),
      ...Object.values(xedWords),
      ...Object.values(brighterWords).flat(),
    ];
    expect(words.map(({ word }) => word).filter((word) => emotionValence[word] === undefined)).toEqual([]);
  });
});

describe('prompts', () => {
  it('put descriptions where soft tokens will stand', () => {
    const content = { mode: 'multiface_audio_face_frame_text', subtitle: 'Hi.' } as const;
    const [segment, ...rest] = describedPrompt('mer', content, { audio: 'high', face: 'a smile' });
    expect(rest).toEqual([]);
    const soft = tinyPrompt('mer', content).map((part) =>
      'text' in part ? part.text : { audio: 'high', face: 'a smile', frame: '', multi: '' }[part.modality],
    );
    expect(segment).toEqual({ text: soft.join('') });
    expect(soft.join('')).toContain('<Audio>high</Audio>');
    expect(soft.join('')).not.toContain('Choose from');
  });
});

const script = {
  ...{ text: 'The bus is late again!', topic: 'bus', eventScenario: 'A bus is late.', emotionCause: 'the bus is late' },
  ...{ responseGoal: 'calm the speaker', empathicResponse: 'That is annoying.', intent: 'complain' as const },
  ...{ emotionWords: ['angry', 'mad', 'upset'], valence: -0.7284 },
};

describe('answers', () => {
  it('can be read back and say what the script says', () => {
    const reasoning =
      'The picture shows a smile. The voice is high. A bus is late. So the speaker seems angry and mad.';
    const answers = answersOf(actedTargets({ emotion: 'anger', script, reasoning }));
    const values = Object.fromEntries(
      taskIds.map((task) => {
        const outcome = parseAnswer(task, answers[task] as string);
        return [task, outcome.status === 'parsed' ? outcome.value : outcome];
      }),
    );
    expect(values).toEqual({
      msa: { sentiment: 'negative', valence: -0.7 },
      mer: { emotion: 'anger' },
      ovMer: { emotions: ['angry', 'mad', 'upset'] },
      eri: { reason: 'The picture shows a smile. The voice is high. A bus is late.', emotions: ['angry', 'mad'] },
      mir: { intent: 'complain' },
      erg: {
        chainOfEmpathy: {
          ...{ eventScenario: 'A bus is late.', speakerEmotion: 'anger' },
          ...{ emotionCause: 'the bus is late', goalToResponse: 'calm the speaker' },
        },
        response: 'That is annoying.',
      },
    });
    expect(
      answersOf(actedTargets({ emotion: 'sad', script: { ...script, text: '', intent: null } })).mir,
    ).toBeUndefined();
  });

  it('tell of a corpus text only what its corpus knows', () => {
    expect(answersOf(textTargets({ source: 'emobank', text: 'x', valence: -0.04 }))).toEqual({
      msa: 'The sentiment is neutral, valence 0.00.###',
    });
    expect(answersOf(textTargets({ source: 'mintrec', text: 'x', intent: 'ask for help' }))).toEqual({
      mir: 'Ask for help###',
    });
  });
});

describe('affect targets', () => {
  const targetsOf = (item: Omit<LabelledText, 'source' | 'text'>, emotion = 'fear') =>
    answersOf(affectTargets({ source: 'brighter', text: 'x', ...item }, emotion));

  it('put the valence of a text on both scales', () => {
    expect(targetsOf({ valence: -0.62 })).toEqual({
      vReg: 'The valence is 0.200.###',
      vOc: 'The valence class is -2.###',
    });
    expect(targetsOf({ valence: 0.04 })).toMatchObject({
      vReg: 'The valence is 0.500.###',
      vOc: 'The valence class is 0.###',
    });
  });

  it('tell levels as numbers, too, and that an emotion does not show', () => {
    const levels = { anger: 0, fear: 2, joy: 0, sadness: 1 };
    expect(targetsOf({ levels })).toEqual({
      eiReg: 'The intensity of fear is 0.667.###',
      eiOc: 'The level of fear is 2.###',
    });
    expect(targetsOf({ levels }, 'joy').eiOc).toBe('The level of joy is 0.###');
  });

  it('name all emotions, none of a neutral text, and nothing where a word is missing', () => {
    expect(targetsOf({ affects: ['joy', 'love'] })).toEqual({ eC: 'The emotions are joy, love.###' });
    expect(targetsOf({ affects: [] })).toEqual({ eC: 'The emotions are neutral.###' });
    expect(targetsOf({ emotionWords: ['confused'] })).toEqual({});
  });

  it('are emotions of E-c', () => {
    const words = [goEmotionsWords, xedWords, brighterWords].flatMap((table) => Object.values(table).flat());
    const affects = words.flatMap((word) => (word as EmotionWord).affects ?? []);
    expect(affects.filter((affect) => !labelSets.semeval2018.includes(affect))).toEqual([]);
    expect(new Set(affects)).toEqual(new Set(labelSets.semeval2018));
  });
});

describe('weights', () => {
  const item = (task: TaskId, label: string): TaskText => ({
    id: '',
    task,
    source: 'script',
    segments: [],
    answer: '',
    label,
  });
  it('give tasks their shares and even out labels', () => {
    const items = [
      ...Array.from({ length: 90 }, () => item('mer', 'sad')),
      ...Array.from({ length: 10 }, () => item('mer', 'fear')),
      item('msa', 'neutral'),
    ];
    const weights = taskTextWeights(items);
    const sum = (from: number, to: number) => weights.subarray(from, to).reduce((total, weight) => total + weight, 0);
    expect(sum(0, 101)).toBeCloseTo(1, 12);
    expect(sum(0, 100) / sum(100, 101)).toBeCloseTo(taskShares.mer / taskShares.msa, 9);
    expect(sum(90, 100) / sum(0, 90)).toBeCloseTo(9 ** -0.4, 9);
  });

  it('give the sources of a task theirs, which may be its own', () => {
    const from = (task: TaskId, source: TaskText['source']): TaskText => ({ ...item(task, 'sad'), source });
    const weights = taskTextWeights([
      from('mer', 'script'),
      from('mer', 'clip'),
      from('eri', 'script'),
      from('eri', 'goemotions'),
    ]);
    expect((weights[1] as number) / (weights[0] as number)).toBeCloseTo(
      sourceShareOf('mer', 'clip') / sourceShareOf('mer', 'script'),
      9,
    );
    expect((weights[3] as number) / (weights[2] as number)).toBeCloseTo(0.25 / 1.5, 9);
    expect(sourceShareOf('mer', 'goemotions')).toBeGreaterThan(sourceShareOf('eri', 'goemotions'));
  });

  it('are followed by the draw', () => {
    const draw = new WeightedDraw([1, 0, 3]);
    const random = new Random(2);
    const counts = [0, 0, 0];
    for (let count = 0; count < 8000; count++) counts[draw.draw(random)]! += 1;
    expect(counts[1]).toBe(0);
    expect(counts[2]! / 8000).toBeCloseTo(0.75, 1);
    expect(() => new WeightedDraw([0, 0])).toThrow(/sum to 0/);
  });
});

describe.skipIf(!existsSync(dataFolder))(
  `loadTaskTexts (skipped without the data folder beside the repository)`,
  () => {
    let texts: TaskTexts = { train: [], validation: [] };
    beforeAll(async () => {
      texts = await loadTaskTexts({ dataFolder, scriptCount: 700 });
    });

    it('asks only questions whose answers can be read', () => {
      const sample = texts.train.filter((_, index) => index % 37 === 0);
      const unread = sample.filter(({ task, answer }) => parseAnswer(task, answer).status !== 'parsed');
      expect(unread.map(({ id, answer }) => `${id} ${answer}`)).toEqual([]);
      expect(new Set(texts.train.map(({ id }) => id)).size).toBe(texts.train.length);
    });

    it('asks the five tasks on text alone, about every emotion and level', () => {
      const answers = new Set(texts.train.map(({ answer }) => answer));
      for (const emotion of labelSets.semeval2018Intensity) {
        for (const level of [0, 1, 2, 3]) expect(answers).toContain(`The level of ${emotion} is ${level}.###`);
      }
      for (const level of [-3, -2, -1, 0, 1, 2, 3]) expect(answers).toContain(`The valence class is ${level}.###`);
      const named = texts.train.filter(({ task }) => task === 'eC').map(({ label }) => label);
      expect(new Set(named)).toEqual(
        new Set([...labelSets.semeval2018.filter((name) => named.includes(name)), 'neutral']),
      );
      const asked = texts.train.filter(({ task }) => task === 'eiOc');
      const shown = asked.filter(({ answer }) => !answer.includes(' is 0.'));
      expect(shown.length / asked.length).toBeGreaterThan(0.4);
      for (const { segments, answer } of asked.slice(0, 50)) {
        const [, emotion] = /level of (\w+)/.exec(answer) as RegExpExecArray;
        expect(JSON.stringify(segments)).toContain(` ${emotion} `);
      }
    });

    it('has every class on both sides, every intent in training, and no utterance on both', () => {
      for (const part of [texts.train, texts.validation]) {
        const answers = new Set(part.map(({ answer }) => answer));
        for (const emotion of labelSets.sevenEmotions) expect(answers).toContain(`The emotion is ${emotion}.###`);
        const intents = new Set(part.filter(({ task }) => task === 'mir').map(({ label }) => label));
        expect(intents.size).toBeGreaterThanOrEqual(part === texts.train ? labelSets.mintrec.length : 15); // some 80 questions
      }
      const promptOf = ({ segments }: TaskText) => JSON.stringify(segments);
      const trained = new Set(texts.train.map(promptOf));
      expect(texts.validation.filter((text) => trained.has(promptOf(text)))).toEqual([]);
      const share = texts.validation.length / (texts.train.length + texts.validation.length);
      expect(share).toBeGreaterThan(0.03);
      expect(share).toBeLessThan(0.05);
    });
  },
);
