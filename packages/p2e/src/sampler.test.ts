import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { type DataSet, MixtureSampler } from './sampler';

const numbers = (name: string, length: number): DataSet<string> => ({
  name,
  length,
  get: (index) => Promise.resolve(`${name}${index}`),
});
const sets = [numbers('a', 7), numbers('b', 5), numbers('unused', 3)];

async function draw(sampler: MixtureSampler<string>, batches: number, batchSize = 3) {
  const drawn: { dataSet: string; samples: readonly string[] }[] = [];
  for (let batch = 0; batch < batches; batch++) drawn.push(await sampler.next(batchSize));
  return drawn;
}

describe('MixtureSampler', () => {
  it('visits every sample once per epoch, in another order each time', async () => {
    const drawn = await draw(new MixtureSampler(sets, { a: 1 }, 4), 21, 3);
    const samples = drawn.flatMap((batch) => batch.samples);
    const epochs = Array.from({ length: 9 }, (_, epoch) => samples.slice(7 * epoch, 7 * epoch + 7));
    const all = Array.from({ length: 7 }, (_, index) => `a${index}`);
    for (const epoch of epochs) expect([...epoch].sort()).toEqual(all);
    expect(new Set(epochs.map(String)).size).toBeGreaterThan(7);
  });

  it('takes a batch from one data set', async () => {
    for (const { dataSet, samples } of await draw(new MixtureSampler(sets, { a: 1, b: 1 }, 2), 40)) {
      expect(samples.every((sample) => sample.startsWith(dataSet))).toBe(true);
    }
  });

  it('follows the weights of the mixture, which need not sum to 1', async () => {
    const drawn = await draw(new MixtureSampler(sets, { a: 30, b: 10, unused: 0 }, 1), 2000, 1);
    const share = drawn.filter(({ dataSet }) => dataSet === 'a').length / drawn.length;
    expect(share).toBeCloseTo(0.75, 1);
    expect(drawn.some(({ dataSet }) => dataSet === 'unused')).toBe(false);
  });

  it('repeats from its seed', async () => {
    const mixture = { a: 1, b: 2 };
    const first = await draw(new MixtureSampler(sets, mixture, 9), 30);
    expect(await draw(new MixtureSampler(sets, mixture, 9), 30)).toEqual(first);
    expect(await draw(new MixtureSampler(sets, mixture, 10), 30)).not.toEqual(first);
  });

  it('continues from a position, in the middle of an epoch too, after it went through JSON', async () => {
    const mixture = { a: 1, b: 2 };
    const whole = await draw(new MixtureSampler(sets, mixture, 9), 30);
    for (const stop of [0, 1, 4, 17]) {
      const sampler = new MixtureSampler(sets, mixture, 9);
      await draw(sampler, stop);
      const position = JSON.parse(JSON.stringify(sampler.position)) as typeof sampler.position;
      expect(await draw(new MixtureSampler(sets, mixture, 9, position), 30 - stop)).toEqual(whole.slice(stop));
    }
  });

  it('refuses a mixture of unknown or empty sets', () => {
    expect(() => new MixtureSampler(sets, { c: 1 }, 1)).toThrow(InvalidArgumentError);
    expect(() => new MixtureSampler(sets, { c: 1 }, 1)).toThrow('the mixture names c, which is not among [a,b,unused]');
    expect(() => new MixtureSampler([numbers('empty', 0)], { empty: 1 }, 1)).toThrow('data set empty is empty');
  });
});
