import type { Executor } from '@nano-emox/engine';
import { type DataSet, type Phase, type TrainableModel, trainPhase } from '@nano-emox/p2e';
import type { EmotionSample } from 'nano-emox/training';

/** One update. */
export interface MeasuredStep {
  readonly step: number;
  readonly loss: number;
  readonly tokens: number;
  /** By the clock. */
  readonly seconds: number;
  /** Of all threads of this process. */
  readonly cpuSeconds: number;
}

/** A phase, measured. */
export interface MeasuredPhase {
  readonly trainedValues: number;
  /** Making the step's graph and loading it, by the clock and of all threads. */
  readonly openSeconds: number;
  readonly openCpuSeconds: number;
  readonly steps: readonly MeasuredStep[];
}

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Runs a phase without checkpoints and measures every update. */
export async function measurePhase(
  phase: Phase,
  material: {
    readonly model: TrainableModel<EmotionSample>;
    readonly dataSets: readonly DataSet<EmotionSample>[];
    readonly executor: Executor;
  },
  onStep: (step: MeasuredStep) => void,
): Promise<MeasuredPhase> {
  const steps: MeasuredStep[] = [];
  let [lastMs, lastCpu] = [performance.now(), cpuSeconds()];
  const lap = () => {
    const [nowMs, nowCpu] = [performance.now(), cpuSeconds()];
    const spent = { seconds: (nowMs - lastMs) / 1000, cpuSeconds: nowCpu - lastCpu };
    [lastMs, lastCpu] = [nowMs, nowCpu];
    return spent;
  };
  let opened = { seconds: 0, cpuSeconds: 0 };
  let trainedValues = 0;
  await trainPhase({
    ...material,
    phase,
    seed: 1,
    onEvent: (event) => {
      if (event.type === 'phase-start') {
        trainedValues = event.trainedParameters;
        opened = lap();
      }
      if (event.type !== 'step-end') return;
      const measured = { step: event.step, loss: event.loss, tokens: event.tokens ?? 0, ...lap() };
      steps.push(measured);
      onStep(measured);
    },
  });
  return { trainedValues, openSeconds: opened.seconds, openCpuSeconds: opened.cpuSeconds, steps };
}
