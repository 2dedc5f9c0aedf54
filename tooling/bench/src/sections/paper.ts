import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { featureDeviation, productFlops } from '@nano-emox/engine';
import type { BenchOptions } from '../command-line';
import type { Contestant, Sample } from '../measure/contestant';
import { interleave, type Series } from '../measure/interleave';
import { LinePeer } from '../measure/line-peer';
import { rateOf, squareFlops } from '../measure/square-product';
import { openGraph, openProduct, type PaperEncoder, paperEncoders } from '../paper/encoders';
import type { AnswerFigures, LanguageModelFigures, LlamaCppFigures } from '../paper/language-model-figures';
import { type Comparison, comparisonOf, type SectionReport } from '../report';
import { findNewestTorch, torchHint } from '../training/find-python';
import { openRivals } from './open-rivals';

/** Share of the rate of one large product of the same precision that an encoder is to reach. */
const PRODUCT_GOAL = 0.9;
const TORCH_GOALS = { float32: 1, int8: 4 } as const;
const START_LIMIT_SECONDS = 300;
/** From a folder and the cache to the first tokens. */
const LOAD_GOAL_SECONDS = 10;
const LANGUAGE_MODEL_LIMIT_SECONDS = 1800;
/** Tokens of the prompts: almost none, a short clip, a long one with dialogue, the most a table asks for. */
const PROMPTS = [8, 512, 1024, 4096];

type Measured = Pick<SectionReport, 'comparisons' | 'notes'>;

/** Goes by processor time, which other programs on the machine hardly change. */
const rateOfSeries = (flops: number, { medianProcessorSeconds }: Series, threads: number): number =>
  rateOf(flops, medianProcessorSeconds / threads);

async function measureEncoder(encoder: PaperEncoder, options: BenchOptions): Promise<Measured> {
  const { threads, rounds, capSeconds } = options;
  const { title, kind, graph } = encoder;
  const flops = productFlops(graph);
  const script = fileURLToPath(new URL('../python/paper_encoder.py', import.meta.url));
  const openers = findNewestTorch().map(
    ({ program }) =>
      () =>
        LinePeer.start(program, [script, kind, `${threads}`], START_LIMIT_SECONDS, capSeconds),
  );
  const { opened, notes } = await openRivals(openers, torchHint);
  const own = await Promise.all(
    (['float32', 'int8'] as const).map((precision) => openGraph(title, encoder, precision, threads)),
  );
  const products = await Promise.all(
    (['float32', 'int8'] as const).map((precision) => openProduct(precision, threads)),
  );
  const contestants: Contestant[] = [...own, ...products, ...opened];
  try {
    const series = await interleave(contestants, { warmUps: 1, rounds, timeCapSeconds: capSeconds });
    const [whole, small, wholeProduct, smallProduct, torch] = series as [Series, Series, Series, Series, Series?];
    const comparisons: Comparison[] = [];
    for (const [precision, mine, product] of [
      ['float32', whole, wholeProduct],
      ['int8', small, smallProduct],
    ] as const) {
      const [rate, limit] = [rateOfSeries(flops, mine, threads), rateOfSeries(squareFlops, product, threads)];
      const verdict = rate / limit >= PRODUCT_GOAL ? 'met' : 'missed';
      notes.push(
        `${title}, ${precision}: ${rate.toFixed(0)} of ${limit.toFixed(0)} GFLOP/s of one product, ${((100 * rate) / limit).toFixed(0)} % (goal 90 %: ${verdict}), by CPU time`,
      );
      if (torch)
        comparisons.push(comparisonOf(`${title}, ${precision} / PyTorch float32`, mine, torch, TORCH_GOALS[precision]));
    }
    const [expected, found] = own.map(({ result }) => result) as [Float32Array, Float32Array];
    const { cosine, relativeError } = featureDeviation(expected, found, expected.length);
    notes.push(
      `  int8 features against float32: cosine ${cosine.toFixed(5)}, relative error ${relativeError.toFixed(4)}`,
    );
    return { comparisons, notes };
  } finally {
    for (const contestant of contestants) await contestant.dispose();
  }
}

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;

const describeLoad = ({
  loadSeconds,
  loadProcessorSeconds,
  loadPeakBytes,
}: Omit<LanguageModelFigures, 'answers'>): string =>
  `${loadSeconds.toFixed(1)} s (CPU time ${loadProcessorSeconds.toFixed(1)} s), peak ${gibibytes(loadPeakBytes)}`;

type Peer = (...args: string[]) => Promise<string>;

/** Runs a program of this benchmark in a process of its own. */
const peerOf = (name: string, env: NodeJS.ProcessEnv = process.env): Peer => {
  const script = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  return async (...args) => {
    const options = { timeout: LANGUAGE_MODEL_LIMIT_SECONDS * 1000, env };
    return (await promisify(execFile)(process.execPath, [script, ...args], options)).stdout;
  };
};

/** Prompts in int8 and answers in int4, in processes of their own: one that compiles, one that finds what was compiled. */
async function measureLanguageModel({ threads }: BenchOptions): Promise<string[]> {
  const place = await mkdtemp(join(tmpdir(), 'nano-emox-bench-'));
  try {
    const own = peerOf('language-model-peer', { ...process.env, NANO_EMOX_CACHE: join(place, 'cache') });
    const folder = join(place, 'model');
    await own('write', folder);
    const figuresOf = async (lengths: readonly number[]) =>
      JSON.parse(await own('answer', folder, 'int4', `${threads}`, lengths.join())) as LanguageModelFigures;
    const first = await figuresOf([]);
    const { answers, ...figures } = await figuresOf(PROMPTS);
    const verdict = figures.loadSeconds <= LOAD_GOAL_SECONDS ? 'met' : 'missed';
    return [
      `Qwen2.5-1.5B sizes, prompts in int8, answers in int4: first load ${describeLoad(first)}`,
      `  from the cache ${describeLoad(figures)} (goal ${LOAD_GOAL_SECONDS} s: ${verdict}); after all prompts resident ${gibibytes(figures.residentBytes)}, peak ${gibibytes(figures.peakBytes)}`,
      ...answers.map((figures) => `  ${describeAnswer(figures, threads)}`),
      ...(await measureLlamaCpp(join(place, 'model.gguf'), threads, answers)),
    ];
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** The same sizes in 4 bits in llama.cpp, which has another way to read prompts: nothing is made int8 there. */
async function measureLlamaCpp(file: string, threads: number, own: readonly AnswerFigures[]): Promise<string[]> {
  try {
    const rival = peerOf('llama-cpp-peer');
    await rival('write', file);
    const { build, answers, ...figures } = JSON.parse(
      await rival('answer', file, `${threads}`, PROMPTS.join()),
    ) as LlamaCppFigures;
    const ratio = (theirs: Sample, ours: Sample): string =>
      `${(theirs.seconds / ours.seconds).toFixed(2)}x (${(theirs.processorSeconds / ours.processorSeconds).toFixed(2)}x of CPU time)`;
    return [
      `the same in llama.cpp ${build}, Q4_0: load ${figures.loadSeconds.toFixed(1)} s, resident ${gibibytes(figures.residentBytes)}; ratios are its time by ours, goal 1`,
      ...answers.flatMap((theirs, index) => {
        const ours = own[index] as AnswerFigures;
        return [
          `  ${describeAnswer(theirs, threads)}`,
          `    prompt ${ratio(theirs.prompt, ours.prompt)}, token ${ratio(theirs.token, ours.token)}`,
        ];
      }),
    ];
  } catch (error) {
    return [`llama.cpp takes no part: ${error instanceof Error ? error.message.split('\n')[0] : error}`];
  }
}

function describeAnswer({ promptTokens, prompt, token }: AnswerFigures, threads: number): string {
  const rates = [prompt.seconds, prompt.processorSeconds / threads].map((seconds) =>
    (promptTokens / seconds).toFixed(0),
  );
  const milliseconds = [token.seconds, token.bestSeconds, token.processorSeconds / threads].map((seconds) =>
    (1000 * seconds).toFixed(0),
  );
  return (
    `${promptTokens} tokens: ${rates[0]} tokens/s read (${rates[1]} by CPU time); ` +
    `then ${milliseconds[0]} ms a token, best ${milliseconds[1]} ms, ${milliseconds[2]} ms by CPU time`
  );
}

/** Encoders and language model of the paper's size, random weights. */
export async function paperSection(options: BenchOptions): Promise<SectionReport> {
  const comparisons: Comparison[] = [];
  const notes: string[] = [];
  for (const encoder of paperEncoders) {
    const measured = await measureEncoder(encoder(), options);
    comparisons.push(...measured.comparisons);
    notes.push(...measured.notes);
  }
  notes.push(...(await measureLanguageModel(options)));
  return { name: 'paper', comparisons, notes };
}
