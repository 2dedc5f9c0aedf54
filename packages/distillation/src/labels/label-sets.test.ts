import { describe, expect, it } from 'vitest';
import { emotionLabelSets } from '../index';
import { labelIndices } from './label-indices';

describe('emotionLabelSets', () => {
  it('are the classes of the published sets', () => {
    const mikels = ['amusement', 'excitement', 'sadness', 'fear', 'contentment', 'anger', 'disgust', 'awe'].sort();
    expect(emotionLabelSets).toEqual({
      fi: mikels,
      emoSet: mikels,
      emotion6: ['anger', 'disgust', 'fear', 'joy', 'sadness', 'surprise'],
      flickr: ['negative', 'positive'],
      instagram: ['negative', 'positive'],
    });
  });

  it('are alphabetical, so that the index of a class does not depend on the order of folders', () => {
    for (const labels of Object.values(emotionLabelSets)) {
      expect([...labels].sort()).toEqual(labels);
      expect(Object.isFrozen(labels)).toBe(true);
    }
  });

  it('gives both classes of a binary set an index of its own', () => {
    // The released code read the label of a one-column encoding by its largest entry, which is the first, always.
    expect([...labelIndices(['positive', 'negative', 'positive'], emotionLabelSets.flickr, 'test').data]).toEqual([
      1n,
      0n,
      1n,
    ]);
  });

  it('refuses a label in another spelling, and names its row', () => {
    expect(() => labelIndices(['joy', 'Joy'], emotionLabelSets.emotion6, 'test')).toThrow('test: labels[1] is "Joy"');
  });
});
