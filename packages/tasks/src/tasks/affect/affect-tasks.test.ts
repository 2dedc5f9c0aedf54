import { InvalidArgumentError, type PromptSegment } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { formatAnswer, formatTarget, parseAnswer } from '../../answer/answers';
import { readGenerated } from '../../confidence/read-generated';
import { labelSets } from '../../labels/label-sets';
import { buildPrompt } from '../../prompt/build-prompt';
import type { AnyTaskId } from '../../task';
import { affectTaskIds, affectTasks, allTaskIds, taskIds, taskOf, tasks } from '../task-table';

const textOf = (prompt: readonly PromptSegment[]) =>
  prompt.map((segment) => ('text' in segment ? segment.text : '∎')).join('');

describe('the affect tasks', () => {
  it('stand beside the six and cannot be changed', () => {
    expect(taskIds).toEqual(['msa', 'mer', 'ovMer', 'eri', 'mir', 'erg']);
    expect(affectTaskIds).toEqual(['eiReg', 'eiOc', 'vReg', 'vOc', 'eC']);
    expect(allTaskIds).toEqual([...taskIds, ...affectTaskIds]);
    expect(allTaskIds.map((id) => taskOf(id).id)).toEqual(allTaskIds);
    expect([taskOf('mer'), taskOf('vOc')]).toEqual([tasks.mer, affectTasks.vOc]);
    for (const id of affectTaskIds) {
      const { instructions, answer, confidenceFields } = affectTasks[id];
      expect([affectTasks, affectTasks[id], instructions, answer, confidenceFields].every(Object.isFrozen)).toBe(true);
    }
    for (const id of ['toString', 'joy']) expect(() => taskOf(id as AnyTaskId)).toThrow(InvalidArgumentError);
  });

  it.each(affectTaskIds)('%s is asked of the words alone, in several wordings', (task) => {
    const asked = affectTasks[task].instructions.map((_, paraphrase) =>
      buildPrompt(task, { subtitle: 'We won!', emotion: 'joy', paraphrase }),
    );
    for (const prompt of asked) {
      expect(prompt).toHaveLength(1);
      expect(textOf(prompt)).toMatch(
        /^###Human: The words: <Subtitle>We won!<\/Subtitle>\. .*\[Affect\] .* ###Assistant: $/,
      );
      expect(textOf(prompt)).not.toMatch(/[{}]/);
      if (task.startsWith('ei')) expect(textOf(prompt)).toContain(' joy ');
    }
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(new Set(asked.map(textOf)).size).toBe(asked.length);
  });

  it('list the emotions of E-c only', () => {
    const listed = affectTaskIds.filter((task) =>
      textOf(buildPrompt(task, { emotion: 'joy' })).includes('Choose from'),
    );
    expect(listed).toEqual(['eC']);
    expect(textOf(buildPrompt('eC', { candidates: ['calm', 'tense'] }))).toContain('Choose from: calm, tense.');
  });

  it('can be asked about a clip as well, when told so', () => {
    expect(textOf(buildPrompt('vReg', { mode: 'audio_text' }))).toContain('<Audio>∎</Audio>');
  });

  it.each([
    ['eiReg', {}],
    ['eiOc', {}],
    ['eiReg', { emotion: '###' }],
    ['eiOc', { emotion: 'joy and fear' }],
  ] as const)('%s refuses %j', (task, options) => {
    expect(() => buildPrompt(task, options)).toThrow(expect.objectContaining({ argument: 'emotion' }));
  });
});

describe('answers', () => {
  it('are short and regular', () => {
    expect(formatAnswer('eiReg', { emotion: 'anger', intensity: 0.5624 })).toBe('The intensity of anger is 0.562.');
    expect(formatAnswer('eiReg', { emotion: 'sad', intensity: 0 })).toBe('The intensity of sadness is 0.000.');
    expect(formatAnswer('eiOc', { emotion: 'Joy', level: 3 })).toBe('The level of joy is 3.');
    expect(formatAnswer('vReg', { valence: 1 })).toBe('The valence is 1.000.');
    expect(formatAnswer('vOc', { valenceClass: -2 })).toBe('The valence class is -2.');
    expect(formatAnswer('vOc', { valenceClass: -0 })).toBe('The valence class is 0.');
    expect(formatAnswer('eC', { emotions: ['joy', 'love', 'Joy'] })).toBe('The emotions are joy, love.');
    expect(formatTarget('eC', { emotions: [] })).toBe('The emotions are neutral.###');
  });

  it.each([
    ['an intensity out of range', () => formatAnswer('eiReg', { emotion: 'joy', intensity: 1.01 })],
    ['an intensity that is no number', () => formatAnswer('eiReg', { emotion: 'joy', intensity: Number.NaN })],
    ['an emotion that cannot be read back', () => formatAnswer('eiReg', { emotion: 'joy, fear', intensity: 0.1 })],
    ['half a level', () => formatAnswer('eiOc', { emotion: 'joy', level: 1.5 })],
    ['a valence below zero', () => formatAnswer('vReg', { valence: -0.2 })],
    ['a class off the scale', () => formatAnswer('vOc', { valenceClass: 4 })],
    ['an emotion outside the set', () => formatAnswer('eC', { emotions: ['bored'] })],
  ])('cannot be written of %s', (_what, call) => {
    expect(call).toThrow(InvalidArgumentError);
  });

  it.each([
    ['eiReg', 'anger: 0.62', {}, { emotion: 'anger', intensity: 0.62 }],
    ['eiReg', '0.62', { emotion: 'fear' }, { emotion: 'fear', intensity: 0.62 }],
    ['eiReg', 'She is quite scared, 0.8', { emotion: 'fear' }, { emotion: 'fear', intensity: 0.8 }],
    ['eiReg', '0.3', { emotion: 'pride' }, { emotion: 'pride', intensity: 0.3 }],
    ['eiOc', '2: moderate amount of joy can be inferred', {}, { emotion: 'joy', level: 2 }],
    ['vReg', 'Valence 0.25, so rather unpleasant', {}, { valence: 0.25 }],
    ['vOc', '−3: very negative emotional state can be inferred', {}, { valenceClass: -3 }],
    ['vOc', 'Class -1, I would say -1', {}, { valenceClass: -1 }],
    ['eC', 'anger and sadness', {}, { emotions: ['anger', 'sadness'] }],
    ['eC', '[Happy, "optimism"]', {}, { emotions: ['joy', 'optimism'] }],
    ['eC', 'None.', {}, { emotions: [] }],
    ['eC', 'calm', { candidates: ['calm', 'tense'] }, { emotions: ['calm'] }],
  ] as const)('of %s are read from "%s"', (task, text, options, value) => {
    expect(parseAnswer(task, text, options)).toMatchObject({ status: 'parsed', value });
  });

  it.each([
    ['eiReg', '', {}, 'empty'],
    ['eiReg', '0.5', {}, 'unknown-label'],
    ['eiReg', 'anger 0.5, joy 0.2', {}, 'ambiguous-label'],
    ['eiReg', 'joy 0.2', { emotion: 'anger' }, 'contradictory'],
    ['eiReg', 'anger', {}, 'missing-number'],
    ['eiReg', 'anger 1e-1', {}, 'missing-number'],
    ['eiReg', 'anger 62', {}, 'number-out-of-range'],
    ['eiOc', 'anger 1.5', {}, 'number-out-of-range'],
    ['eiOc', 'anger 1 or 2', {}, 'ambiguous-label'],
    ['vReg', 'glad', {}, 'missing-number'],
    ['vReg', '-0.1', {}, 'number-out-of-range'],
    ['vOc', '4', {}, 'number-out-of-range'],
    ['eC', 'bored', {}, 'unknown-label'],
    ['eC', 'neutral, joy', {}, 'contradictory'],
    ['eC', 'It is rather hard to say what this is about', {}, 'not-a-list'],
  ] as const)('of %s: "%s" with %j is no answer: %s', (task, text, options, reason) => {
    expect(parseAnswer(task, text, options)).toMatchObject({ status: 'unparsed', reason });
  });

  it('have the confidence of what carries the value', () => {
    const tokens = [
      { text: 'The level of', logProbability: -1 },
      { text: ' anger', logProbability: -2 },
      { text: ' is', logProbability: -1 },
      { text: ' 2', logProbability: Math.log(0.5) },
      { text: '.', logProbability: -1 },
    ];
    const outcome = readGenerated('eiOc', tokens);
    expect(outcome).toMatchObject({ status: 'parsed', value: { emotion: 'anger', level: 2 } });
    expect(outcome.status === 'parsed' && outcome.confidence).toBeCloseTo(0.5, 12);
    expect(outcome.status === 'parsed' && outcome.spans.map(({ field }) => field)).toEqual(['emotion', 'level']);
  });

  it('name emotions of the published set', () => {
    expect(affectTasks.eC.candidates).toBe(labelSets.semeval2018);
  });
});
