import { describe, expect, it } from 'vitest';
import { deriveSeed, Random } from './random';

const draw = (random: Random, count: number) => Array.from({ length: count }, () => random.uniform());

describe('Random', () => {
  it('repeats from its seed and continues from its position', () => {
    const random = new Random(42);
    const first = draw(random, 5);
    const { position } = random;
    const rest = draw(random, 5);
    expect(draw(new Random(42), 10)).toEqual([...first, ...rest]);
    expect(draw(new Random(position), 5)).toEqual(rest);
    expect(draw(new Random(43), 5)).not.toEqual(first);
  });

  it('is uniform on [0, 1)', () => {
    const counts = new Array<number>(10).fill(0);
    for (const value of draw(new Random(7), 50_000))
      counts[Math.floor(value * 10)] = (counts[Math.floor(value * 10)] ?? 0) + 1;
    expect(counts).toHaveLength(10);
    // 5000 expected in each, deviation 67: five deviations.
    for (const count of counts) expect(Math.abs(count - 5000)).toBeLessThan(340);
  });

  it('is normal with mean 0 and deviation 1', () => {
    const random = new Random(7);
    const values = Array.from({ length: 50_000 }, () => random.normal());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    const tail = values.filter((value) => Math.abs(value) > 1.96).length / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(variance).toBeCloseTo(1, 1);
    expect(tail).toBeCloseTo(0.05, 2);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  it('picks and shuffles without loss, every order alike', () => {
    const random = new Random(3);
    const orders = new Map<string, number>();
    for (let round = 0; round < 6000; round++) {
      const order = random.shuffle(['a', 'b', 'c']).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect([...orders.keys()].sort()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
    expect(new Set(Array.from({ length: 100 }, () => random.pick([1, 2, 3])))).toEqual(new Set([1, 2, 3]));
    expect(Array.from({ length: 1000 }, () => random.integer(4)).every((value) => [0, 1, 2, 3].includes(value))).toBe(
      true,
    );
  });
});

describe('deriveSeed', () => {
  it('depends on the seed and the name', () => {
    const names = ['a', 'b', 'ab', 'ba', '', 'layers.0.weight', 'layers.1.weight'];
    const seeds = names.map((name) => deriveSeed(7, name));
    expect(new Set(seeds).size).toBe(names.length);
    expect(new Set([0, 1, 2, 42].map((seed) => deriveSeed(seed, 'weights'))).size).toBe(4);
    expect(deriveSeed(5, 'weights')).toBe(deriveSeed(5, 'weights'));
    expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)).toBe(true);
  });
});
