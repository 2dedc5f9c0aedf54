import type { Graph, TensorMap } from '@nano-emox/engine';
import { openOnnxRuntimeNode } from '@nano-emox/engine/onnxruntime-node';
import { TrainingSession } from '@nano-emox/engine/training';
import type { HostTensor } from '@nano-emox/tensor-contract';
import { type Contestant, timed } from '../measure/contestant';
import { learningRate } from './stored-problem';

/** What the engine needs of a problem. */
export interface EngineProblem {
  /** Forward graph with the output `loss`. */
  readonly graph: Graph;
  readonly weights: ReadonlyMap<string, HostTensor>;
  readonly batch: TensorMap;
  readonly threads: number;
  readonly isTrained: (name: string) => boolean;
}

/** A problem as a training session of the engine, in this thread as the rivals are in theirs. */
export async function openEngineStep(problem: EngineProblem): Promise<Contestant> {
  const { graph, weights, batch, threads, isTrained } = problem;
  const executor = await openOnnxRuntimeNode({ threads, workers: 0 });
  const groupOf = (name: string) => (isTrained(name) ? 'all' : undefined);
  const session = await TrainingSession.open({ graph, weights, executor, groupOf });
  return {
    name: 'engine',
    details: `${executor.device}, ${session.parameterCount} trained values`,
    run: () =>
      timed(async () => ({ loss: (await session.update(batch, { learningRates: { all: learningRate } })).loss })),
    dispose: async () => {
      await session.dispose();
      await executor.dispose();
    },
  };
}
