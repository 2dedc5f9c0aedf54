import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError, writeFileAtomic } from '@nano-emox/engine/weights';
import {
  type ComparedRun,
  type ComparisonTable,
  type Curriculum,
  comparisonHtml,
  comparisonMarkdown,
  comparisonTable,
  comparisonText,
  contentHashOf,
  curricula,
  producerOf,
} from '@nano-emox/p2e';
import { taskOf } from '@nano-emox/tasks';
import { InvalidArgumentError, throwIfAborted } from '@nano-emox/tensor-contract';
import { type EmotionModelConfig, NanoEmoX } from 'nano-emox';
import { changeModelConfig } from 'nano-emox/training';
import { type EvaluationReport, evaluatePredictions, perceptionTasks } from '../evaluate/evaluate-predictions';
import { predictAnswers } from '../evaluate/predict-answers';
import { countingRevision } from '../evaluate/predicted-answer';
import type { Score } from '../evaluate/score';
import { tinyScale } from '../tiny/tiny-scale';
import { scaleSteps } from '../train/scaled-steps';
import { trainEmotionModel } from '../train/train-emotion-model';
import type { TrainedEmotionModel } from '../train/training-options';
import type { AblateOptions, AblationEvent } from './ablate-options';
import { type AttentionGaps, attentionGaps, gapsAtStart } from './attention-gaps';
import { type ComparedSetting, comparedSettings } from './compared-settings';
import { type OrderVerdict, orderVerdict } from './order-verdict';
import { splitAtAttention } from './shared-phases';

/** Metrics on which curricula are compared: the two of the paper, and what face and voice alone bring about. */
export const orderedMetrics = ['ERG hit rate', 'perception average', 'perception without words'] as const;

/** What a comparison shows, as plain JSON. */
export interface AblationReport {
  readonly command: string;
  /** Updates of every run. */
  readonly steps: number;
  /** Runs in order, with the metrics of the table. */
  readonly runs: readonly ComparedRun[];
  readonly table: ComparisonTable;
  /** Whether the paper's order holds; empty where one of its curricula was not compared. */
  readonly verdicts: readonly OrderVerdict[];
  /** Every number of every run, with all that is needed to measure it again. */
  readonly scores: readonly Score[];
}

/**
 * Trains every setting from the same pretrained parts, once for each seed and all in equally many steps, and asks each model
 * about held-out clips. Writes `comparison.json`, `.md` and `.html` to the run folder.
 * @throws InvalidArgumentError (an unknown name, no seeds), and what `trainEmotionModel` throws
 * @example
 * const { table, verdicts } = await ablate({ base, runFolder: 'runs/curricula', stepsScale: 0.5 });
 * console.log(comparisonText(table), verdicts.map(({ sentence }) => sentence).join('\n'));
 */
export async function ablate(options: AblateOptions): Promise<AblationReport> {
  const { base, seeds = [1, 2, 3], stepsScale = 1, runFolder, command = 'ablate', signal } = options;
  const settings = comparedSettings(options.curricula, options.ablations);
  requireSeeds(seeds);
  const origin = await originOf(options);
  const planned = seeds.flatMap((seed) => settings.map((setting) => ({ setting, seed })));
  const finished: FinishedRun[] = [];
  const shared: SharedRuns = new Map();
  for (const [index, { setting, seed }] of planned.entries()) {
    throwIfAborted(signal, 'ablate');
    const facts = { name: setting.name, seed, run: index + 1, totalRuns: planned.length };
    finished.push(await runOnce(setting, facts, origin, shared, options));
  }
  const ordered = settings.flatMap(({ name }) => finished.filter((run) => run.name === name));
  const runs = ordered.map((run): ComparedRun => ({ name: run.name, seed: run.seed, metrics: metricsOf(run) }));
  const table = comparisonTable(runs);
  const { steps } = scaleSteps(base.scale ?? tinyScale, stepsScale);
  const report: AblationReport = {
    command,
    steps: Object.values(steps).reduce((sum, count) => sum + count, 0),
    runs,
    table,
    verdicts: orderedMetrics.flatMap((metric) => orderVerdict(table, metric) ?? []),
    scores: ordered.flatMap(({ name, report, wordless }) =>
      [...report.scores, ...wordless.scores].map((score) => ({ ...score, note: `setting ${name}` })),
    ),
  };
  await writeReport(runFolder, report);
  return report;
}

/** The table and what it shows, for a terminal. */
export const ablationText = ({ table, verdicts }: AblationReport): string =>
  `${comparisonText(table)}\n${verdicts.map(({ sentence }) => `${sentence}\n`).join('')}`;

/** The same in Markdown. */
export const ablationMarkdown = ({ table, verdicts }: AblationReport): string =>
  `${comparisonMarkdown(table)}\n${verdicts.map(({ sentence }) => `${sentence}\n`).join('\n')}`;

type RunFacts = Pick<Extract<AblationEvent, { type: 'run-start' }>, 'name' | 'seed' | 'run' | 'totalRuns'>;

/** A run that is done, as it is kept. */
interface FinishedRun {
  readonly name: string;
  readonly seed: number;
  /** Hash over everything that decides the result. */
  readonly fingerprint: string;
  readonly report: EvaluationReport;
  /** The same clips with their words hidden, which would tell most of what is asked. */
  readonly wordless: EvaluationReport;
  /** Where they were asked for. */
  readonly attention?: { readonly before: AttentionGaps; readonly after: AttentionGaps };
}

async function runOnce(
  setting: ComparedSetting,
  facts: RunFacts,
  origin: string,
  shared: SharedRuns,
  options: AblateOptions,
): Promise<FinishedRun> {
  const { base, stepsScale = 1, runFolder, limit, sampling, attentionClips = 0, onEvent = () => undefined } = options;
  const { name, seed } = facts;
  const folder = join(runFolder, name, `seed-${seed}`);
  const curriculum = curricula[setting.curriculum](base.mixtures, scaleSteps(base.scale ?? tinyScale, stepsScale));
  const fingerprint = producerOf({
    reports: ['with words', 'without words'],
    countingRevision,
    origin,
    setting,
    seed,
    phases: curriculum.phases.map(plainPhase),
    limit: limit ?? null,
    sampling: sampling ?? null,
    ...(attentionClips > 0 && { attentionClips }),
  });
  const path = join(folder, 'scores.json');
  onEvent({ type: 'run-start', ...facts });
  const known = await readFinished(path, fingerprint);
  if (known) {
    onEvent({ type: 'run-end', isNew: false, metrics: metricsOf(known), ...facts });
    return known;
  }
  const modelFolder = await trainOnce(setting, facts, folder, curriculum, shared, options);
  const reports = await evaluateOnce(modelFolder, facts, folder, options);
  const attention = attentionClips > 0 && (await gapsOf(modelFolder, setting, facts, folder, options));
  const finished: FinishedRun = { name, seed, fingerprint, ...reports, ...(attention && { attention }) };
  await writeFileAtomic(path, `${JSON.stringify(finished, null, 2)}\n`);
  onEvent({ type: 'run-end', isNew: true, metrics: metricsOf(finished), ...facts });
  return finished;
}

/** Folder beside those of the settings: what all settings have in common that differ in their attention alone. */
const SHARED_RUN = 'before-attention';

/** Its runs, by seed. */
type SharedRuns = Map<number, Promise<TrainedEmotionModel>>;

async function trainOnce(
  { changes }: ComparedSetting,
  facts: RunFacts,
  runFolder: string,
  curriculum: Curriculum,
  shared: SharedRuns,
  options: AblateOptions,
): Promise<string> {
  const { config } = options.base;
  const changed = changeModelConfig(config, changes);
  const isAttentionAlone = Object.keys(changes).join() === 'attention' && config.languageModel.attention === undefined;
  const { before, from } = splitAtAttention(curriculum);
  if (!isAttentionAlone || before.phases.length === 0) {
    return (await trainPhases(changed, curriculum, { facts, runFolder, curriculum }, options)).modelFolder;
  }
  const sharedFolder = join(options.runFolder, SHARED_RUN, `seed-${facts.seed}`);
  const sharedRun =
    shared.get(facts.seed) ?? trainPhases(config, before, { facts, runFolder: sharedFolder, curriculum }, options);
  shared.set(facts.seed, sharedRun);
  const { weights } = await sharedRun;
  return (await trainPhases(changed, from, { facts, runFolder, curriculum }, options, weights)).modelFolder;
}

/** @param place the run, its folder, and the whole curriculum that the phases are of */
function trainPhases(
  config: EmotionModelConfig,
  phases: Curriculum,
  { facts, runFolder, curriculum }: { facts: RunFacts; runFolder: string; curriculum: Curriculum },
  { base, device, threads, signal, onEvent = () => undefined }: AblateOptions,
  startWeights?: TrainedEmotionModel['weights'],
): Promise<TrainedEmotionModel> {
  const steps = curriculum.phases.reduce((sum, phase) => sum + phase.steps, 0);
  let step = 0;
  return trainEmotionModel({
    config,
    pretrained: base.pretrained,
    curriculum: phases,
    sources: base.sources,
    seed: facts.seed,
    runFolder,
    ...(startWeights && { startWeights }),
    ...(base.samples && { samples: base.samples }),
    ...(device && { device }),
    ...(threads && { threads }),
    ...(signal && { signal }),
    onEvent: (event) => {
      if (event.type !== 'step-end') return;
      const before = curriculum.phases.findIndex(({ name }) => name === event.phase);
      step = curriculum.phases.slice(0, before).reduce((sum, phase) => sum + phase.steps, 0) + event.step;
      onEvent({ type: 'run-delta', step, steps, loss: event.loss, ...facts });
    },
  });
}

async function evaluateOnce(
  modelFolder: string,
  facts: RunFacts,
  folder: string,
  { base, command = 'ablate', limit, sampling, device, threads, signal, onEvent = () => undefined }: AblateOptions,
): Promise<Pick<FinishedRun, 'report' | 'wordless'>> {
  const model = await NanoEmoX.fromPretrained(modelFolder, { ...(device && { device }), ...(threads && { threads }) });
  const evaluate = (words: boolean) => {
    const answers = predictAnswers({
      model,
      source: base.heldOut,
      words,
      file: join(folder, words ? 'answers.jsonl' : 'answers-without-words.jsonl'),
      ...(!words && { tasks: perceptionTasks }),
      ...(limit !== undefined && { limit }),
      ...(sampling && { sampling }),
      onEvent: ({ askedClips, totalClips }) => onEvent({ type: 'answers-delta', askedClips, totalClips, ...facts }),
      signal,
    });
    const split = `held out${words ? '' : ', without words'}`;
    const provenance = { dataSet: base.heldOut.name, split, seed: facts.seed, command };
    return evaluatePredictions(answers, { ...provenance, ...(signal && { signal }) });
  };
  try {
    return { report: await evaluate(true), wordless: await evaluate(false) };
  } finally {
    await model.dispose();
  }
}

async function gapsOf(
  modelFolder: string,
  { changes }: ComparedSetting,
  { seed }: RunFacts,
  folder: string,
  { base, attentionClips = 0, device, threads, signal }: AblateOptions,
): Promise<NonNullable<FinishedRun['attention']>> {
  const runtime = { ...(device && { device }), ...(threads && { threads }) };
  const measured = { source: base.heldOut, clips: attentionClips, runtime, signal };
  const config = changeModelConfig(base.config, changes);
  return {
    before: await gapsAtStart(config, base.pretrained, { ...measured, seed, folder }),
    after: await attentionGaps(modelFolder, measured),
  };
}

/** What the table compares: the ordered numbers first, then the main metric of each task, then the gaps of attention. */
function metricsOf({ report: { tasks, summary }, wordless, attention }: FinishedRun): Record<string, number> {
  const { ergHitRate, perceptionAverage } = summary;
  const { perceptionAverage: withoutWords } = wordless.summary;
  const gaps = (['text', 'visual'] as const).flatMap((group) =>
    (['before', 'after'] as const).flatMap((when) => {
      const gap = attention?.[when][group];
      return gap == null ? [] : [[`gap of ${group} ${when}`, gap] as const];
    }),
  );
  return {
    ...(ergHitRate !== undefined && { [orderedMetrics[0]]: ergHitRate }),
    ...(perceptionAverage !== undefined && { [orderedMetrics[1]]: perceptionAverage }),
    ...(withoutWords !== undefined && { [orderedMetrics[2]]: withoutWords }),
    ...Object.fromEntries(
      tasks.flatMap(({ task, main }) =>
        main && task !== 'erg' ? [[`${taskOf(task).abbreviation} ${main.metric}`, main.value]] : [],
      ),
    ),
    ...Object.fromEntries(gaps),
  };
}

/** What every run starts from and is asked: parts by the bytes of their files, sources by name and length. */
async function originOf({ base }: AblateOptions): Promise<string> {
  const parts = await Promise.all(
    Object.values(base.pretrained).map((folder: string) => contentHashOf(join(folder, 'model.safetensors'))),
  );
  const sources = [...base.sources, base.heldOut].map(({ name, length }) => ({ name, length }));
  return producerOf({ config: base.config, parts, sources });
}

/** A phase as data; rules may hold patterns. */
const plainPhase = ({ trainable, ...phase }: ReturnType<(typeof curricula)['p2e']>['phases'][number]): unknown =>
  JSON.parse(JSON.stringify({ ...phase, trainable: trainable.map(({ match, group }) => [String(match), group]) }));

async function readFinished(path: string, fingerprint: string): Promise<FinishedRun | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw fileError(error, path, 'read');
  });
  const finished = text === undefined ? undefined : (JSON.parse(text) as FinishedRun);
  return finished?.fingerprint === fingerprint ? finished : undefined;
}

async function writeReport(folder: string, report: AblationReport): Promise<void> {
  const { table, verdicts } = report;
  const title = 'Curricula and ablations compared';
  const notes = [`${report.steps} steps each. ${report.command}`, ...verdicts.map(({ sentence }) => sentence)];
  await writeFileAtomic(join(folder, 'comparison.json'), `${JSON.stringify(report, null, 2)}\n`);
  await writeFileAtomic(join(folder, 'comparison.md'), ablationMarkdown(report));
  await writeFileAtomic(join(folder, 'comparison.html'), comparisonHtml(table, title, notes));
}

function requireSeeds(seeds: readonly number[]): void {
  if (seeds.length > 0 && new Set(seeds).size === seeds.length && seeds.every(Number.isSafeInteger)) return;
  throw new InvalidArgumentError({
    message: `ablate: the seeds are ${seeds.join(', ') || 'none'}`,
    hint: 'Pass whole numbers, each once.',
    argument: 'seeds',
  });
}
