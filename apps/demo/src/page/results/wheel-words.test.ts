import { expect, it } from 'vitest';
import { families, placeOf } from './wheel-words';

it('places the seven basic emotions, and words in other letters', () => {
  const placed = ['happy', 'surprise', 'fear', 'sad', 'disgust', 'anger', ' Cheerful '].map(
    (word) => placeOf(word)?.family,
  );
  expect(placed).toEqual(['joy', 'surprise', 'fear', 'sadness', 'disgust', 'anger', 'joy']);
});

it('leaves out what lies on no side', () => {
  expect(placeOf('neutral')).toBeUndefined();
  expect(placeOf('toString')).toBeUndefined();
});

it('has a plain word in every family, named like it', () => {
  for (const family of families) expect(placeOf(family)).toEqual({ family, strength: 1 });
});
