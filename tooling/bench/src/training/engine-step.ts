import { openOnnxRuntimeNode } from '@nano-emox/engine/onnxruntime-node';
import { TrainingSession } from '@nano-emox/engine/training';
import type { HostTensor } from '@nano-emox/tensor-contract';
import { type Contestant, timed } from '../measure/contestant';
import { isTrained, learningRate, type TrainingProblem } from './problem';

/** The problem as a training session of the engine, in this thread as the rivals are in theirs. */
export async function openEngineStep(problem: TrainingProblem): Promise<Contestant> {
  const executor = await openOnnxRuntimeNode({ threads: problem.threads, workers: 0 });
  const session = await TrainingSession.open({
    graph: problem.graph,
    weights: problem.weights,
    executor,
    groupOf: (name) => (isTrained(problem.kind, name) ? 'all' : undefined),
  });
  const batch = batchOf(problem);
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

function batchOf({ ids, batch, time, config }: TrainingProblem): Record<string, HostTensor> {
  const dims = [batch, time];
  const tokens = BigInt64Array.from(ids, BigInt);
  return {
    inputIds: { type: 'int64', dims, data: tokens },
    labels: { type: 'int64', dims, data: tokens },
    attentionMask: { type: 'bool', dims, data: new Uint8Array(ids.length).fill(1) },
    spliceIndex: { type: 'int64', dims, data: new BigInt64Array(ids.length).fill(-1n) },
    softTokens: { type: 'float32', dims: [batch, 0, config.hidden], data: new Float32Array(0) },
  };
}
