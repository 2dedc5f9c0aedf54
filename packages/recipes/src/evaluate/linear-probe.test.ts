import { Random } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { afterAll, describe, expect, it } from 'vitest';
import { evaluateByGroup, type GroupedSamples, groupFolds, leaveOneGroupOut } from './grouped-protocol';
import { trainLinearProbe } from './linear-probe';

const executor = await openExecutor({ device: 'cpu', workers: 0, threads: 1 });
afterAll(() => executor.dispose());

const speakers = ['ann', 'bob', 'cem', 'dee', 'eli', 'fay'];

/** Three classes around three points, and a strong offset for each speaker in a direction that says nothing about the class. */
function sampleVoices(distance: number): GroupedSamples {
  const random = new Random(5);
  const rows = speakers.flatMap((group, speaker) =>
    Array.from({ length: 15 }, (_, index) => {
      const label = index % 3;
      const centre = [0, 1, 2].map((axis) => (axis === label ? distance : 0));
      return {
        group,
        label,
        features: Float32Array.from([...centre.map((value) => value + random.normal()), 5 * speaker, 1]),
      };
    }),
  );
  return {
    features: rows.map(({ features }) => features),
    labels: rows.map(({ label }) => label),
    groups: rows.map(({ group }) => group),
  };
}

const options = { executor, classes: 3, seed: 1, steps: 60, weightDecays: [0.01, 1] };

describe('a linear probe', () => {
  it('tells classes that a plane parts, on samples it has not seen, and the same each time', async () => {
    const { features, labels } = sampleVoices(8);
    const train = { features: features.slice(0, 60), labels: labels.slice(0, 60) };
    const [probe, again] = [await trainLinearProbe(train, options), await trainLinearProbe(train, options)];
    expect(features.slice(60).map(probe)).toEqual(labels.slice(60));
    expect(features.map(again)).toEqual(features.map(probe));
    expect(executor.usage()).toEqual({ sessions: 0, states: 0 });
  });

  it.each([
    [{ features: [], labels: [] }, 'no features'],
    [{ features: [Float32Array.of(1), Float32Array.of(1, 2)], labels: [0, 1] }, 'differ in length'],
    [{ features: [Float32Array.of(1)], labels: [3] }, 'none of the 3 classes'],
  ])('refuses samples that do not fit', async (samples, message) => {
    await expect(trainLinearProbe(samples, options)).rejects.toThrow(message);
  });
});

describe('a test on speakers that were not heard', () => {
  it('leaves out each speaker once', async () => {
    const samples = sampleVoices(8);
    const splits = leaveOneGroupOut(samples.groups);
    expect(splits.map(({ test }) => test)).toEqual(speakers.map((speaker) => [speaker]));
    const score = await evaluateByGroup(samples, splits, options);
    expect(score).toMatchObject({ count: 90, groups: 6 });
    expect(score.accuracy).toBeGreaterThan(0.97);
    expect(score.balancedAccuracy).toBeCloseTo(score.accuracy, 10); // classes are equally many
  });

  it('finds nothing where there is nothing to find', async () => {
    const samples = sampleVoices(0);
    const { accuracy } = await evaluateByGroup(samples, groupFolds(samples.groups, 3, 1), options);
    expect(accuracy).toBeLessThan(0.55);
  });

  it('puts every speaker on the test side of one fold', () => {
    const folds = groupFolds(sampleVoices(1).groups, 4, 9);
    expect(folds.flatMap(({ test }) => test).sort()).toEqual(speakers);
    for (const { train, test } of folds) expect(train.filter((speaker) => test.includes(speaker))).toEqual([]);
  });

  it('refuses a speaker on both sides', async () => {
    const splits = [{ train: ['ann', 'bob'], test: ['bob'] }];
    await expect(evaluateByGroup(sampleVoices(1), splits, options)).rejects.toThrow('bob is on both sides');
  });
});
