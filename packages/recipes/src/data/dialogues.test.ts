import { Random } from '@nano-emox/clip-renderer';
import { labelSets, parseAnswer } from '@nano-emox/tasks';
import { describe, expect, it } from 'vitest';
import { answersOf, noticedTarget } from './answers';
import { sampleDialogue } from './dialogues';

const told = 'My dog ran away last night.';
const dialogues = Array.from({ length: 200 }, (_, index) => sampleDialogue(told, new Random(`dialogue ${index}`)));

describe('sampleDialogue', () => {
  it('has the words exactly once, and the speaker last', () => {
    for (const { history, input } of dialogues) {
      const spoken = [...history.filter(({ role }) => role === 'speaker').map(({ utterance }) => utterance), input];
      expect(spoken.filter((utterance) => utterance === told)).toHaveLength(1);
    }
  });

  it('takes turns, beginning with the speaker and ending with the listener', () => {
    for (const { history } of dialogues) {
      expect(history.length).toBeGreaterThan(0);
      expect(history.map(({ role }) => role)).toEqual(history.map((_, turn) => (turn % 2 ? 'listener' : 'speaker')));
      expect(history.length % 2).toBe(0);
    }
  });

  it('tells the feeling now or earlier, about as often', () => {
    const now = dialogues.filter(({ input }) => input === told).length;
    expect(now).toBeGreaterThan(70);
    expect(now).toBeLessThan(130);
  });

  it('is the same for the same random numbers', () => {
    expect(sampleDialogue(told, new Random('a'))).toEqual(sampleDialogue(told, new Random('a')));
  });
});

describe('noticedTarget', () => {
  it.each(labelSets.sevenEmotions)('answers %s in the grammar, and claims nothing the words do not tell', (emotion) => {
    const target = noticedTarget(told, emotion);
    expect(noticedTarget(told, emotion)).toEqual(target);
    const outcome = parseAnswer('erg', answersOf([target]).erg as string);
    expect(outcome).toMatchObject({
      status: 'parsed',
      value: {
        chainOfEmpathy: {
          eventScenario: 'The speaker tells what is on their mind.',
          speakerEmotion: emotion,
          emotionCause: 'what the speaker tells',
        },
      },
    });
  });
});
