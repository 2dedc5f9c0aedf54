import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { labelSets } from '../labels/label-sets';
import type { EmpathyValue } from '../task';
import { formatAnswer, formatTarget, parseAnswer } from './answers';

const empathy: EmpathyValue = {
  chainOfEmpathy: {
    eventScenario: 'lost the job',
    speakerEmotion: 'sad',
    emotionCause: 'the work mattered',
    goalToResponse: 'comfort and encourage',
  },
  response: 'I am sorry. What would help you now?',
};

describe('formatAnswer', () => {
  it('writes short, regular answers', () => {
    expect(formatAnswer('msa', { sentiment: 'positive', valence: 0.6 })).toBe(
      'The sentiment is positive, valence 0.60.',
    );
    expect(formatAnswer('msa', { sentiment: 'neutral', valence: -0.001 })).toBe(
      'The sentiment is neutral, valence 0.00.',
    );
    expect(formatAnswer('mer', { emotion: 'happy' })).toBe('The emotion is happy.');
    expect(formatAnswer('ovMer', { emotions: ['Happy', ' proud', 'happy'] })).toBe('The person feels happy, proud.');
    expect(formatAnswer('ovMer', { emotions: [] })).toBe('The person feels neutral.');
    expect(formatAnswer('eri', { reason: 'a low voice\nand a frown', emotions: ['sad', 'tired'] })).toBe(
      'Clues: a low voice and a frown. So the person feels sad, tired.',
    );
    expect(formatAnswer('mir', { intent: 'ask for help' })).toBe('Ask for help');
    expect(formatAnswer('erg', empathy)).toBe(
      '<think>\nEvent: lost the job\nEmotion: sad\nCause: the work mattered\nGoal: comfort and encourage\n</think>\n' +
        'I am sorry. What would help you now?',
    );
    expect(formatTarget('mir', { intent: 'joke' })).toBe('Joke###');
  });

  it.each([
    ['a label outside the candidates', () => formatAnswer('mer', { emotion: 'elated' })],
    ['an intent of the other set', () => formatAnswer('mir', { intent: 'refuse' })],
    ['a valence out of range', () => formatAnswer('msa', { sentiment: 'positive', valence: 1.01 })],
    ['a valence that is not a number', () => formatAnswer('msa', { sentiment: 'neutral', valence: Number.NaN })],
    ['a contradiction', () => formatAnswer('msa', { sentiment: 'negative', valence: 0.4 })],
    ['an unknown polarity', () => formatAnswer('msa', { sentiment: 'mixed' as 'neutral', valence: 0 })],
    ['a label with a comma', () => formatAnswer('ovMer', { emotions: ['happy, sad'] })],
    ['a label with "and"', () => formatAnswer('ovMer', { emotions: ['happy and sad'] })],
    ['a reason of markup alone', () => formatAnswer('eri', { reason: '###', emotions: ['sad'] })],
    ['an empty response', () => formatAnswer('erg', { ...empathy, response: ' ' })],
  ])('refuses %s', (_what, call) => {
    expect(call).toThrow(InvalidArgumentError);
  });
});

describe('parseAnswer reads other ways to say the same', () => {
  it.each([
    ['msa', 'Valence: -0.30', { sentiment: 'negative', valence: -0.3 }],
    ['msa', 'POSITIVE (0.5)', { sentiment: 'positive', valence: 0.5 }],
    ['msa', 'negative, valence −0.2', { sentiment: 'negative', valence: -0.2 }],
    ['mer', 'Happy', { emotion: 'happy' }],
    ['mer', 'The emotion of the speaker is angry.', { emotion: 'anger' }],
    ['mer', 'I think she is scared, really afraid.', { emotion: 'fear' }],
    ['ovMer', 'happy and proud', { emotions: ['happy', 'proud'] }],
    ['ovMer', '[\'Happy\', "relieved"]', { emotions: ['happy', 'relieved'] }],
    [
      'ovMer',
      "The character's emotional state is: calm, content, and hopeful.",
      { emotions: ['calm', 'content', 'hopeful'] },
    ],
    ['ovMer', 'She is feeling sad, sad, sad', { emotions: ['sad'] }],
    ['eri', 'A frown. So she feels uneasy and worried.', { reason: 'A frown.', emotions: ['uneasy', 'worried'] }],
    ['mir', 'ASK FOR HELP.', { intent: 'ask for help' }],
    ['mir', 'The intent is to complain.', { intent: 'complain' }],
  ] as const)('%s: %s', (task, text, value) => {
    expect(parseAnswer(task, text)).toMatchObject({ status: 'parsed', value });
  });

  it('reads the chain of empathy without its opening tag and in the wording of AvaMERG', () => {
    const text =
      'Firstly, the event scenario of this conversation is: lost the job\nSecondly, the emotion of the speaker is Sad.\n' +
      'Thirdly, the emotion cause is the work mattered\nFourthly, the goal to response is comfort and encourage</think>\n ' +
      empathy.response;
    expect(parseAnswer('erg', text)).toMatchObject({ status: 'parsed', value: empathy });
    expect(parseAnswer('erg', `<think>\n${text}`)).toMatchObject({ status: 'parsed', value: empathy });
  });

  it('accepts a description without conclusion only when told to', () => {
    expect(parseAnswer('eri', 'She frowns.')).toMatchObject({ status: 'unparsed', reason: 'missing-conclusion' });
    expect(parseAnswer('eri', 'She frowns.', { freeDescription: true })).toMatchObject({
      value: { reason: 'She frowns.', emotions: [] },
    });
  });
});

describe('parseAnswer says why it cannot read', () => {
  it.each([
    ['msa', '', 'empty'],
    ['mer', '### The emotion is happy.', 'empty'],
    ['msa', 'Bananas.', 'unknown-label'],
    ['msa', 'positive or negative 0.1', 'ambiguous-label'],
    ['msa', 'The sentiment is positive.', 'missing-valence'],
    ['msa', 'The sentiment is positive, valence 1.50.', 'valence-out-of-range'],
    ['msa', 'The sentiment is positive, valence -0.60.', 'contradictory'],
    ['mer', 'The emotion is elated.', 'unknown-label'],
    ['mer', 'The emotion is happy or sad.', 'ambiguous-label'],
    ['ovMer', 'There is a long story to tell about this man, happy.', 'not-a-list'],
    ['eri', 'Clues: So the person feels sad.', 'missing-clues'],
    ['mir', 'Refuse', 'unknown-label'],
    ['erg', 'I am sorry.', 'missing-think-block'],
    ['erg', '<think>\nEvent: rain\nEmotion: sad', 'unclosed-think-block'],
    ['erg', '<think>\nEvent: rain\nEmotion: sad\nGoal: comfort\n</think>\nOh no.', 'missing-step'],
    ['erg', '<think>\nEvent: a\nEmotion: sad\nCause: b\nGoal: c\n</think>\n', 'missing-response'],
  ] as const)('%s: %j → %s', (task, text, reason) => {
    expect(parseAnswer(task, text)).toMatchObject({ status: 'unparsed', text, reason });
  });
});

describe('parseAnswer marks where the value stands', () => {
  const marked = (...[task, text]: Parameters<typeof parseAnswer>) => {
    const outcome = parseAnswer(task, text);
    return outcome.status === 'parsed' && outcome.spans.map(({ field, start, end }) => [field, text.slice(start, end)]);
  };

  it('in the text as given, not in the cleaned answer', () => {
    expect(marked('mer', ' ###Assistant: The emotion is happy.###')).toEqual([['emotion', 'happy']]);
    expect(marked('msa', '<s> The sentiment is positive, valence 0.60.###')).toEqual([
      ['sentiment', 'positive'],
      ['valence', '0.60'],
    ]);
    expect(marked('ovMer', ' The person feels happy, proud and "Calm".')).toEqual([
      ['emotions', 'happy'],
      ['emotions', 'proud'],
      ['emotions', 'Calm'],
    ]);
    expect(marked('erg', formatTarget('erg', empathy))).toEqual([
      ['eventScenario', 'lost the job'],
      ['speakerEmotion', 'sad'],
      ['emotionCause', 'the work mattered'],
      ['goalToResponse', 'comfort and encourage'],
      ['response', 'I am sorry. What would help you now?'],
    ]);
  });
});

describe('MSA from an open vocabulary', () => {
  const parse = (text: string) => parseAnswer('msa', text, { msaFrom: 'open-vocabulary' });

  it('maps words to polarity and mean valence', () => {
    expect(parse('The person feels happy, proud, zzz.')).toMatchObject({
      value: { sentiment: 'positive', valence: 0.75 },
    });
    expect(parse('The person feels sad, worried.')).toMatchObject({ value: { sentiment: 'negative', valence: -0.55 } });
    expect(parse('The person feels surprised.')).toMatchObject({ value: { sentiment: 'neutral', valence: 0 } });
  });

  it('does not guess', () => {
    expect(parse('The person feels zzz.')).toMatchObject({ status: 'unparsed', reason: 'unknown-polarity' });
    expect(parse('')).toMatchObject({ status: 'unparsed', reason: 'empty' });
  });
});

const scores = fileURLToPath(new URL('../../../../../shared/data/metrics/erg-mir-msa-expected.json', import.meta.url));

describe.skipIf(!existsSync(scores))(`answers in the published wording, from ${scores}`, () => {
  it('reads every response and intent', () => {
    const { erg, mir } = JSON.parse(readFileSync(scores, 'utf8'));
    for (const text of Object.values<string>(erg.responses)) {
      const emotion = /emotion of the speaker is (\w+)/.exec(text)?.[1];
      expect(parseAnswer('erg', text)).toMatchObject({ value: { chainOfEmpathy: { speakerEmotion: emotion } } });
    }
    for (const text of Object.values<string>(mir.prediction)) {
      const outcome = parseAnswer('mir', text, { candidates: labelSets.mintrec });
      expect(outcome).toMatchObject({ value: { intent: text.toLowerCase() } });
    }
  });
});
