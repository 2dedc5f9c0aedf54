import { formatAnswer, parseAnswer } from '@nano-emox/tasks';
import type { SampleTarget } from '@nano-emox/tasks/datasets';
import { correctedEmpathyScore, empathyScore, projectedGold } from '@nano-emox/tasks/metrics';
import { describe, expect, it } from 'vitest';
import { countedPrediction, goldValueOf } from './predicted-answer';

const feeling = (speakerEmotion: string) => ({
  chainOfEmpathy: {
    eventScenario: 'A man is happy to see a dog.', // a word that a search by keywords would find first
    speakerEmotion,
    emotionCause: 'the dog barks',
    goalToResponse: 'to calm down',
  },
  response: 'It will not bite.',
});
const targetOf = (emotion: string): SampleTarget => ({ task: 'erg', value: feeling(emotion) });
const counted = (emotion: string) => {
  const answer = formatAnswer('erg', feeling(emotion));
  return String(countedPrediction('erg', feeling(emotion), answer));
};

describe('an empathic answer', () => {
  it('is told to the published score as the model states it, not as keywords elsewhere suggest', () => {
    const emotions = ['anger', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise'];
    const annotated = emotions.map((emotion) => ({
      gold: String(goldValueOf(targetOf(emotion))),
      response: counted(emotion),
    }));
    const samples = annotated.map(({ gold, response }) => ({ gold: projectedGold(gold), response }));
    expect(empathyScore(samples)).toMatchObject({ hitRate: 100 });
    expect(correctedEmpathyScore(annotated)).toMatchObject({ hitRate: 100, emotionAccuracy: 100 });
    const turned = samples.map(({ gold }, index) => ({ gold, response: samples[(index + 1) % 7]?.response ?? '' }));
    expect(empathyScore(turned)).toMatchObject({ hitRate: 0 });
  });

  it('says in that form what it said before', () => {
    const outcome = parseAnswer('erg', counted('ashamed'));
    expect(outcome.status === 'parsed' && outcome.value).toEqual(feeling('ashamed'));
  });

  it('leaves the words of data sets that have other ones', () => {
    expect(['worry', 'surprised', 'sad'].map((word) => goldValueOf(targetOf(word)))).toEqual([
      'worry',
      'surprised',
      'sad',
    ]);
  });
});
