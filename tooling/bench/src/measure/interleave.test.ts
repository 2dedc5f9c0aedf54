import { describe, expect, it } from 'vitest';
import type { Contestant, Sample } from './contestant';
import { interleave, median, ratioOf } from './interleave';

function contestant(name: string, order: string[], seconds: readonly number[]): Contestant {
  let run = 0;
  return {
    name,
    details: '',
    run: async (): Promise<Sample> => {
      order.push(name);
      const value = seconds[run++] as number;
      return { seconds: value, processorSeconds: 2 * value };
    },
    dispose: async () => undefined,
  };
}

describe('median', () => {
  it('is the middle value, or the mean of the middle two', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 9, 2])).toBe(3);
  });
});

describe('interleave', () => {
  const options = { warmUps: 1, rounds: 3, timeCapSeconds: 60 };

  it('runs contestants in turn and leaves out the warm-up', async () => {
    const order: string[] = [];
    const own = contestant('a', order, [100, 1, 2, 3]);
    const rival = contestant('b', order, [100, 4, 4, 30]);
    const [first, second] = await interleave([own, rival], options);
    expect(order.join('')).toBe('abababab');
    expect(first).toMatchObject({ medianSeconds: 2, medianProcessorSeconds: 4 });
    expect(second).toMatchObject({ medianSeconds: 4 });
  });

  it('takes the ratio within each round, so that a slow round counts for both', async () => {
    const [own, rival] = await interleave(
      [contestant('a', [], [0, 1, 10, 1]), contestant('b', [], [0, 2, 20, 3])],
      options,
    );
    expect(ratioOf(own as never, rival as never)).toEqual({ wall: 2, processor: 2 });
  });

  it('starts no round after the cap, but measures at least one', async () => {
    const order: string[] = [];
    const slow = contestant('a', order, [0, 1, 1, 1]);
    const run = slow.run;
    const late = { ...slow, run: async () => new Promise<Sample>((done) => setTimeout(() => done(run()), 30)) };
    const [series] = await interleave([late], { ...options, timeCapSeconds: 0.001 });
    expect(series?.samples).toHaveLength(1);
  });
});
