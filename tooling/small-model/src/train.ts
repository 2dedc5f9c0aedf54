// biome-ignore-all lint/suspicious/noConsole: a program that tells how far it is
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openExecutor } from '@nano-emox/engine/runtime';
import { mixtureByTask, type Phase, p2eCurriculum } from '@nano-emox/p2e';
import { tinyMixtures, tinyTaskRatio } from '@nano-emox/recipes';
import { taskIds } from '@nano-emox/tasks';
import { type MeasuredPhase, type MeasuredStep, measurePhase } from './measure-phase';
import { openMaterial } from './training-material';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    folder: { type: 'string', default: 'runs/small-model' },
    clips: { type: 'string', default: '21' },
    batch: { type: 'string', default: '2' },
    'phase-steps': { type: 'string', default: '2' },
    'lora-steps': { type: 'string', default: '200' },
    threads: { type: 'string', default: String(availableParallelism()) },
  },
});
const [file] = positionals;
if (file === undefined) {
  console.error(
    'usage: train.js MODEL.gguf [--folder F] [--clips N] [--batch N] [--phase-steps N] [--lora-steps N] [--threads N]',
  );
  process.exit(2);
}
const batchSize = Number(values.batch);

/** Phase 3 of the paper's curriculum on rendered clips, in fewer steps. */
function lastPhase(steps: number): Phase {
  const ratio = mixtureByTask(Object.fromEntries(taskIds.map((task) => [task, ['rendered']])), tinyTaskRatio);
  const { phases } = p2eCurriculum({ ...tinyMixtures, 'empathy-multitask': ratio });
  return { ...(phases[phases.length - 1] as Phase), steps, batchSize, warmupSteps: Math.min(5, steps), clipNorm: 1 };
}

/** The low-rank matrices alone, on questions with short answers. */
function loraPhase(steps: number): Phase {
  return {
    ...lastPhase(steps),
    name: 'lora',
    mixture: { 'rendered/msa': 1, 'rendered/mer': 1, 'rendered/ovMer': 1, 'rendered/mir': 1 },
    trainable: [{ match: /\.lora_[AB]\./, group: 'lora' }],
    learningRates: { lora: { initial: 5e-4, minimum: 5e-5, warmup: 1e-5 } },
  };
}

const meanLoss = (steps: readonly MeasuredStep[]): string =>
  (steps.reduce((sum, { loss }) => sum + loss, 0) / steps.length).toFixed(3);
const peakGib = (): string => (process.resourceUsage().maxRSS / 2 ** 20).toFixed(2);

function printStep({ step, loss, tokens, seconds, cpuSeconds }: MeasuredStep): void {
  console.log(
    `  step ${step}: loss ${loss.toFixed(3)}, ${tokens} tokens, ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of processor time`,
  );
}

function printPhase({ trainedValues, openSeconds, openCpuSeconds, steps }: MeasuredPhase): void {
  const share = Math.max(1, Math.floor(steps.length / 10));
  const sum = (field: 'seconds' | 'cpuSeconds' | 'tokens') => steps.reduce((total, step) => total + step[field], 0);
  console.log(
    `  ${trainedValues} values train; opened in ${openSeconds.toFixed(1)} s (${openCpuSeconds.toFixed(1)} s of processor time)`,
  );
  console.log(
    `  ${steps.length} steps, ${sum('tokens')} tokens: ${sum('seconds').toFixed(0)} s, ${sum('cpuSeconds').toFixed(0)} s of processor time`,
  );
  console.log(
    `  mean loss of the first ${share}: ${meanLoss(steps.slice(0, share))}, of the last ${share}: ${meanLoss(steps.slice(-share))}`,
  );
  console.log(`  peak memory so far: ${peakGib()} GiB`);
}

const executor = await openExecutor({ device: 'cpu', threads: Number(values.threads), spin: false });
try {
  const startedMs = performance.now();
  const cacheFolder = join(values.folder, 'cache');
  const material = { ...(await openMaterial(file, { clips: Number(values.clips), cacheFolder, executor })), executor };
  console.log(`material: ${material.dataSets.map(({ name, length }) => `${name} ${length}`).join(', ')}`);
  console.log(
    `opened in ${((performance.now() - startedMs) / 1000).toFixed(0)} s; peak memory so far: ${peakGib()} GiB`,
  );
  for (const phase of [lastPhase(Number(values['phase-steps'])), loraPhase(Number(values['lora-steps']))]) {
    console.log(`phase ${phase.name}, batches of ${batchSize}`);
    const everySteps = phase.steps > 20 ? 10 : 1;
    const measured = await measurePhase(phase, material, (step) => {
      if (step.step % everySteps === 0 || step.step === 1) printStep(step);
    });
    printPhase(measured);
  }
} finally {
  await executor.dispose();
}
