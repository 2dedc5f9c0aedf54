import { describe, expect, it } from 'vitest';
import { mapPieces } from './map-pieces';

describe('mapPieces', () => {
  let closed = 0;
  async function* numbers() {
    try {
      yield 1;
      yield 2;
      return 'end';
    } finally {
      closed++;
    }
  }
  const twice = (value: number) => [value, 10 * value];

  it('relays pieces and result', async () => {
    const stream = mapPieces(numbers(), twice);
    const steps = [];
    for (let step = await stream.next(); ; step = await stream.next()) {
      steps.push(step.value);
      if (step.done) break;
    }
    expect(steps).toEqual([1, 10, 2, 20, 'end']);
    expect(closed).toBe(1);
  });

  it('closes the stream when the reader leaves', async () => {
    for await (const _ of mapPieces(numbers(), twice)) break;
    expect(closed).toBe(2);
  });
});
