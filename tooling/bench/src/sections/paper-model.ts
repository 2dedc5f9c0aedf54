import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BenchOptions } from '../command-line';
import type { Sample } from '../measure/contestant';
import type {
  AnswerFigures,
  ClipFigures,
  LanguageModelFigures,
  LlamaCppFigures,
  LoadFigures,
} from '../paper/paper-model-figures';

/** From a folder and the cache to the first tokens. */
const LOAD_GOAL_SECONDS = 10;
const FIRST_TOKEN_GOAL_SECONDS = 4;
const TOKEN_GOAL_SECONDS = 0.05;
const PROMPT_GOAL_TOKENS_PER_SECOND = 300;
const MEMORY_GOAL_BYTES = 4 * 2 ** 30;
const PEER_LIMIT_SECONDS = 1800;
/** A file that was written a moment ago is not taken for the one that was compiled. */
const SETTLING_MS = 5000;
/** Tokens of the prompts: almost none, a short clip, a long one with dialogue, the most a table asks for. */
const PROMPTS = [8, 512, 1024, 2048, 4096];

type Clocks = Pick<Sample, 'seconds' | 'processorSeconds'>;
type Peer = (...args: string[]) => Promise<string>;

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
const verdictOn = (isMet: boolean, goal: string): string => `(goal ${goal}: ${isMet ? 'met' : 'missed'})`;

/** Runs a program of this benchmark in a process of its own. */
const peerOf = (name: string, env: NodeJS.ProcessEnv = process.env): Peer => {
  const script = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  return async (...args) => {
    const options = { timeout: PEER_LIMIT_SECONDS * 1000, env };
    return (await promisify(execFile)(process.execPath, [script, ...args], options)).stdout;
  };
};

/** In processes of their own: one that compiles, one that finds what was compiled, one for the whole model on a clip. */
export async function measurePaperModel({ threads }: BenchOptions): Promise<string[]> {
  const place = await mkdtemp(join(tmpdir(), 'nano-emox-bench-'));
  try {
    const peer = peerOf('paper-model-peer', { ...process.env, NANO_EMOX_CACHE: join(place, 'cache') });
    const folder = join(place, 'model');
    await peer('write', folder);
    await setTimeout(SETTLING_MS);
    const ask = async <Figures>(command: string, ...more: string[]) =>
      JSON.parse(await peer(command, folder, 'int4', `${threads}`, ...more)) as Figures;
    const first = await ask<LanguageModelFigures>('prompts', '');
    const prompts = await ask<LanguageModelFigures>('prompts', PROMPTS.join());
    const firstClip = await ask<ClipFigures>('clip');
    const clip = await ask<ClipFigures>('clip');
    return [
      `Qwen2.5-1.5B sizes, prompts in int8, answers in int4: first load ${describeLoad(first.load)}, from the cache ${describeLoad(prompts.load)}`,
      ...prompts.answers.map((answer) => `  ${describeAnswer(answer, threads)}`),
      `  after all prompts resident ${gibibytes(prompts.residentBytes)}, peak ${describePeak(prompts.peakBytes)}`,
      `the whole model, encoders in int8: first load ${describeLoad(firstClip.load)}`,
      ...describeClip(clip, threads).map((line) => `  ${line}`),
      ...(await measureLlamaCpp(join(place, 'model.gguf'), threads, prompts.answers)),
    ];
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

function describeClip({ load, encode, framesWithFace, answer, peakBytes }: ClipFigures, threads: number): string[] {
  const { prompt, token, promptTokens } = answer;
  const firstToken = sum(encode, prompt);
  const rate = promptTokens / prompt.seconds;
  return [
    `from the cache ${describeLoad(load)} ${verdictOn(load.seconds <= LOAD_GOAL_SECONDS, `${LOAD_GOAL_SECONDS} s`)}`,
    `8 frames (${framesWithFace} with a face) and 16 s of sound to the first token: ${describeClocks(firstToken, threads)} ` +
      verdictOn(firstToken.seconds <= FIRST_TOKEN_GOAL_SECONDS, `${FIRST_TOKEN_GOAL_SECONDS} s`),
    `  of which the clip ${describeClocks(encode, threads)}, ${promptTokens} tokens ${describeClocks(prompt, threads)} ` +
      verdictOn(rate >= PROMPT_GOAL_TOKENS_PER_SECOND, `${PROMPT_GOAL_TOKENS_PER_SECOND} tokens/s`),
    `then ${describeTokens(answer, threads)} ${verdictOn(token.seconds <= TOKEN_GOAL_SECONDS, `${1000 * TOKEN_GOAL_SECONDS} ms`)}`,
    `peak ${describePeak(peakBytes)}`,
  ];
}

const sum = (left: Clocks, right: Clocks): Clocks => ({
  seconds: left.seconds + right.seconds,
  processorSeconds: left.processorSeconds + right.processorSeconds,
});

const describeLoad = ({ seconds, processorSeconds, peakBytes }: LoadFigures): string =>
  `${seconds.toFixed(1)} s (CPU time ${processorSeconds.toFixed(1)} s, peak ${gibibytes(peakBytes)})`;

const describePeak = (bytes: number): string =>
  `${gibibytes(bytes)} ${verdictOn(bytes <= MEMORY_GOAL_BYTES, gibibytes(MEMORY_GOAL_BYTES))}`;

/** The clock, and what it would show if the process had had all its cores to itself all the time. */
const describeClocks = ({ seconds, processorSeconds }: Clocks, threads: number): string =>
  `${seconds.toFixed(1)} s (${(processorSeconds / threads).toFixed(1)} by CPU time)`;

/** The same sizes in 4 bits in llama.cpp, which has another way to read prompts: nothing is made int8 there. */
async function measureLlamaCpp(file: string, threads: number, own: readonly AnswerFigures[]): Promise<string[]> {
  try {
    const rival = peerOf('llama-cpp-peer');
    await rival('write', file);
    const { build, answers, ...figures } = JSON.parse(
      await rival('answer', file, `${threads}`, PROMPTS.join()),
    ) as LlamaCppFigures;
    const ratio = (theirs: Clocks, ours: Clocks): string =>
      `${(theirs.seconds / ours.seconds).toFixed(2)}x (${(theirs.processorSeconds / ours.processorSeconds).toFixed(2)}x of CPU time)`;
    return [
      `the same language model in llama.cpp ${build}, Q4_0: load ${figures.loadSeconds.toFixed(1)} s, resident ${gibibytes(figures.residentBytes)}; ratios are its time by ours, goal 1`,
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

function describeAnswer(answer: AnswerFigures, threads: number): string {
  const { promptTokens, prompt } = answer;
  const rates = [prompt.seconds, prompt.processorSeconds / threads].map((seconds) =>
    (promptTokens / seconds).toFixed(0),
  );
  return `${promptTokens} tokens: ${rates[0]} tokens/s read (${rates[1]} by CPU time); then ${describeTokens(answer, threads)}`;
}

function describeTokens({ token }: AnswerFigures, threads: number): string {
  const [median, best, processor] = [token.seconds, token.bestSeconds, token.processorSeconds / threads].map(
    (seconds) => (1000 * seconds).toFixed(0),
  );
  return `${median} ms a token, best ${best} ms, ${processor} ms by CPU time`;
}
