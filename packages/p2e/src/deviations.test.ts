import { decaysByDefault } from '@nano-emox/engine/training';
import { describe, expect, it } from 'vitest';
import { toyPhase } from './__fixtures__/toy-model';
import { decayRuleOf, materialOf } from './deviations';
import { releasedMixtures } from './paper-settings';
import { type DataSet, MixtureSampler } from './sampler';

const numbers = (name: string, length: number): DataSet<string> => ({
  name,
  length,
  get: (index) => `${name} ${index}`,
});

describe('subsetsThenUniform', () => {
  /** Sizes of fact sheet section 7. */
  const sets = [numbers('mintrec', 1779), numbers('mintrec2', 5644), numbers('merr-fine', 4487)];
  const mixture = releasedMixtures['empathy-multitask'];
  const phase = { ...toyPhase, mixture, deviations: { subsetsThenUniform: true } };

  it('keeps as many samples as the published code: 35, 169 and 224', () => {
    const { dataSets } = materialOf(phase, sets, 42);
    expect(dataSets.map(({ name, length }) => [name, length])).toEqual([
      ['mintrec', 35],
      ['mintrec2', 169],
      ['merr-fine', 224],
    ]);
  });

  it('draws the data sets equally often, and no sample outside the subset', async () => {
    const small = { mintrec: 0.02, mintrec2: 0.03, 'merr-fine': 0.05 };
    const material = materialOf({ ...phase, mixture: small }, sets, 42);
    const sampler = new MixtureSampler(material.dataSets, material.mixture, 42);
    const drawn = new Map<string, Set<string>>();
    const counts = new Map<string, number>();
    for (let batch = 0; batch < 3000; batch++) {
      const { dataSet, samples } = await sampler.next(3);
      counts.set(dataSet, (counts.get(dataSet) ?? 0) + 1);
      drawn.set(dataSet, new Set([...(drawn.get(dataSet) ?? []), ...samples]));
    }
    for (const count of counts.values()) expect(count / 3000).toBeCloseTo(1 / 3, 1);
    expect(Object.fromEntries([...drawn].map(([name, samples]) => [name, samples.size]))).toEqual({
      mintrec: 35,
      mintrec2: 169,
      'merr-fine': 224,
    });
  });

  it('follows the seed, and keeps all of a set with a weight of 1 or more', async () => {
    const of = async (seed: number, weight: number) => {
      const { dataSets } = materialOf({ ...phase, mixture: { mintrec: weight } }, sets, seed);
      const [set] = dataSets as [DataSet<string>];
      return Promise.all(Array.from({ length: set.length }, (_, index) => set.get(index)));
    };
    expect(await of(1, 0.02)).toEqual(await of(1, 0.02));
    expect(await of(1, 0.02)).not.toEqual(await of(2, 0.02));
    expect(new Set(await of(1, 46)).size).toBe(1779);
  });

  it('is not done unless it is asked for', () => {
    expect(materialOf({ ...phase, deviations: {} }, sets, 1)).toEqual({ dataSets: sets, mixture });
  });
});

describe('noDecayByNamePart', () => {
  it.each([
    // name, shape, intended, released
    ['video_query_tokens', [1, 8, 128], true, true],
    ['x.lora_A.default.weight', [8, 256], true, true],
    ['fc.bias', [8], false, false],
    ['norm.weight', [8], false, false],
    ['vulnerable.weight', [8, 8], true, false],
    ['subnet.weight', [8, 8], true, false],
    ['norm.table', [8, 8], false, true],
  ] as const)('%s %j decays: %s as intended, %s as released', (name, shape, intended, released) => {
    expect(decayRuleOf(toyPhase)).toBe(decaysByDefault);
    expect(decayRuleOf(toyPhase)(name, shape)).toBe(intended);
    expect(decayRuleOf({ ...toyPhase, deviations: { noDecayByNamePart: true } })(name, shape)).toBe(released);
  });
});
