import { openOnnxRuntimeNode } from '@nano-emox/engine/onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { plain, toyDataSets, toyModel, toyPhase } from './__fixtures__/toy-model';
import { trainCurriculum } from './train-curriculum';
import { trainPhase } from './train-phase';

const executor = await openOnnxRuntimeNode({ workers: 0, threads: 1 });
afterAll(() => executor.dispose());

describe('trainCurriculum', () => {
  const phases = [
    { ...toyPhase, name: 'first', steps: 4, trainable: [{ match: 'up.', group: 'all' }] },
    { ...toyPhase, name: 'second', steps: 5, trainable: [{ match: 'down.', group: 'all' }] },
  ];
  const shared = { dataSets: toyDataSets, executor, seed: 3 };

  it('runs each phase from the weights of the one before', async () => {
    const weights = await trainCurriculum({ ...shared, model: toyModel(), curriculum: { name: 'toy', phases } });
    let expected = toyModel();
    for (const phase of phases) {
      const result = await trainPhase({ ...shared, model: expected, phase });
      expected = { ...expected, weights: result.weights };
    }
    expect(plain(weights)).toEqual(plain(expected.weights));
  });

  it('gives each phase its own judge', async () => {
    const judged: string[] = [];
    const judge = (name: string) => ({
      everySteps: 100,
      evaluate: async () => {
        judged.push(name);
        return { score: 1, metrics: {} };
      },
    });
    await trainCurriculum({
      ...shared,
      model: toyModel(),
      curriculum: { name: 'toy', phases },
      validations: { second: judge('second') },
    });
    expect(judged).toEqual(['second']);
  });
});
