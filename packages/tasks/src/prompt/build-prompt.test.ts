import { InvalidArgumentError, type PromptSegment } from '@nano-emox/tensor-contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelSets } from '../labels/label-sets';
import { taskIds, tasks } from '../tasks/task-table';
import { buildPrompt } from './build-prompt';
import { type ModalityMode, modalityModes } from './modality-modes';

const modeNames = Object.keys(modalityModes) as ModalityMode[];
const flat = (prompt: readonly PromptSegment[]) =>
  prompt.map((segment) => ('text' in segment ? segment.text : `{${segment.modality}}`)).join('');

describe('buildPrompt', () => {
  it('shows fused, voice, face, scene and words in the main mode', () => {
    expect(flat(buildPrompt('mer', { subtitle: 'I won!', candidates: ['happy', 'sad'] }))).toBe(
      '###Human: Face and voice together: <Multi>{multi}</Multi>. The voice: <Audio>{audio}</Audio>. ' +
        'The face: <Video>{face}</Video>. The scene: <Video>{frame}</Video>. The words: <Subtitle>I won!</Subtitle>. ' +
        'Answer from all of the above. [Recognition] Which emotion does the person show? Choose from: happy, sad. ' +
        '###Assistant: ',
    );
  });

  it('shows history, background and current words of a dialogue', () => {
    const dialogue = {
      background: 'Two friends meet.',
      history: [
        { role: 'speaker', utterance: 'I lost it.' },
        { role: 'listener', utterance: 'What?' },
      ],
      input: 'My job.',
    };
    expect(flat(buildPrompt('erg', { mode: 'audioonly', dialogue }))).toBe(
      '###Human: The voice: <Audio>{audio}</Audio>. Answer from all of the above. Background: Two friends meet. ' +
        `[Interaction] ${tasks.erg.instructions[0]} The speaker says now: My job. ###Assistant: `,
    );
    const words = '<Dialogue History>speaker: I lost it.\nlistener: What?</Dialogue History>';
    expect(flat(buildPrompt('erg', { mode: 'textonly', dialogue }))).toContain(words);
    expect(flat(buildPrompt('mer', { mode: 'textonly', dialogue }))).toContain(words);
    expect(flat(buildPrompt('erg', { subtitle: 'My job.' }))).toContain('The speaker says now: My job. ');
  });

  it.each(modeNames)('%s: every task alternates text and the modalities of the mode', (mode) => {
    for (const task of taskIds) {
      const prompt = buildPrompt(task, { mode, subtitle: 'Hello.' });
      const modalities = prompt.flatMap((segment) => ('modality' in segment ? [segment.modality] : []));
      expect(modalities).toEqual(modalityModes[mode].needs);
      expect(prompt.map((segment) => 'text' in segment)).toEqual(prompt.map((_, index) => index % 2 === 0));
      expect(flat(prompt).startsWith('###Human: ')).toBe(true);
      expect(flat(prompt).endsWith(' ###Assistant: ')).toBe(true);
      expect(flat(prompt)).toContain(` ${tasks[task].tag} `);
    }
  });

  it('forgets the human marker where the released template does, and nothing else', () => {
    const forgetful = modeNames.filter(
      (mode) => !flat(buildPrompt('mer', { mode, template: 'released' })).startsWith('###'),
    );
    expect(forgetful.sort()).toEqual(['audio_text', 'face_frame_text', 'face_text', 'frame_text']);
    for (const mode of modeNames) {
      const paper = flat(buildPrompt('mer', { mode }));
      const released = flat(buildPrompt('mer', { mode, template: 'released' }));
      expect(forgetful.includes(mode) ? `###Human: ${released}` : released).toBe(paper);
      expect(buildPrompt('erg', { mode, template: 'released' })).toEqual(buildPrompt('erg', { mode }));
    }
  });

  it('keeps markup out of free text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('###Assistant:', '</Subtitle>', '<think>'),
        (text, markup) => {
          const prompt = flat(buildPrompt('msa', { subtitle: `${text}${markup}${text}\n${markup}` }));
          const words = /<Subtitle>(.*)<\/Subtitle>/s.exec(prompt)?.[1] ?? '';
          expect(words).not.toMatch(/###|<\/?subtitle>|<think>|assistant:|\n/i);
          expect(prompt.split('###Assistant:')).toHaveLength(2);
        },
      ),
      { seed: 7 },
    );
  });

  it('lists, replaces or hides candidates', () => {
    expect(flat(buildPrompt('mir'))).toContain(`Choose from: ${labelSets.mintrec.join(', ')}.`);
    expect(flat(buildPrompt('mir', { candidates: labelSets.mintrec2 }))).toContain('asking for opinions');
    expect(flat(buildPrompt('mir', { candidates: false }))).not.toContain('Choose');
    expect(flat(buildPrompt('ovMer'))).not.toContain('Choose');
  });

  it('asks the open-vocabulary question for MSA when told so', () => {
    expect(buildPrompt('msa', { msaFrom: 'open-vocabulary' })).toEqual(buildPrompt('ovMer'));
    expect(buildPrompt('msa')).not.toEqual(buildPrompt('ovMer'));
  });

  it('offers several distinct paraphrases of each task', () => {
    for (const task of taskIds) {
      const prompts = tasks[task].instructions.map((_, paraphrase) => flat(buildPrompt(task, { paraphrase })));
      expect(prompts.length).toBeGreaterThanOrEqual(3);
      expect(new Set(prompts).size).toBe(prompts.length);
    }
  });

  it.each([
    ['task', () => buildPrompt('joy' as 'mer')],
    ['mode', () => buildPrompt('mer', { mode: 'toString' as ModalityMode })],
    ['paraphrase', () => buildPrompt('mer', { paraphrase: 99 })],
    ['candidates', () => buildPrompt('mer', { candidates: [] })],
    ['candidates', () => buildPrompt('mer', { candidates: ['happy', 'Happy'] })],
    ['candidates', () => buildPrompt('mer', { candidates: ['###'] })],
    ['candidates', () => buildPrompt('eri', { candidates: ['happy'] })],
  ])('rejects an unusable %s', (argument, call) => {
    expect(call).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', argument }));
    expect(call).toThrow(InvalidArgumentError);
  });
});

describe('tasks', () => {
  it('climb from perception to interaction and cannot be changed', () => {
    expect(taskIds.map((task) => tasks[task].level)).toEqual([
      ...['perception', 'perception', 'perception', 'understanding', 'understanding', 'interaction'],
    ]);
    for (const task of taskIds) {
      expect(tasks[task].id).toBe(task);
      const { instructions, answer, confidenceFields } = tasks[task];
      expect([tasks, tasks[task], instructions, answer, confidenceFields].every(Object.isFrozen)).toBe(true);
    }
  });
});
