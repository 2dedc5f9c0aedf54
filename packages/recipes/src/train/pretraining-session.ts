import type { Executor } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { type TrainingEvent, TrainingRun } from '@nano-emox/p2e';
import type { PretrainOptions } from './pretrain-options';

/** The folder of a pretraining and the runtime it computes on. */
export interface PretrainingSession {
  readonly executor: Executor;
  readonly record: (event: TrainingEvent) => void;
  /** Writes the report. */
  finish(): Promise<void>;
  dispose(): Promise<void>;
}

/** @throws RunConfigMismatchError, InvalidFileError, DeviceUnavailableError */
export async function openPretraining(
  folder: string,
  config: Readonly<Record<string, unknown>>,
  { seed, device, threads, data, faceTeacher, rendered, onEvent }: PretrainOptions,
): Promise<PretrainingSession> {
  const clips = { train: rendered.train.count, validation: rendered.validation.count };
  const about = { ...config, dataSets: data?.sets ?? [], clips, hasFaceTeacher: faceTeacher !== undefined };
  const run = await TrainingRun.open({ folder, config: about, seed });
  const executor = await openExecutor({ ...(device && { device }), ...(threads && { threads }) }).catch(
    async (error) => {
      await run.dispose();
      throw error;
    },
  );
  return {
    executor,
    record: (event) => {
      run.record(event);
      onEvent?.(event);
    },
    finish: () => run.finish(),
    dispose: async () => {
      await run.dispose();
      await executor.dispose();
    },
  };
}
