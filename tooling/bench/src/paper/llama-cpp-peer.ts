/**
 * llama.cpp on a language model of the paper's size, in a process of its own. `write file` makes a GGUF file with random weights;
 * `answer file threads lengths` loads it, reads prompts of these lengths and prints one line of JSON, {@link LlamaCppFigures}.
 */
import { Random } from '@nano-emox/engine';
import { getLlama, type LlamaContextSequence, LlamaLogLevel, type Token } from 'node-llama-cpp';
import { type Sample, startTimer } from '../measure/contestant';
import { answerFigures, LONGEST_CONTEXT, MEASURED_TOKENS } from './measured-answer';
import type { AnswerFigures, LlamaCppFigures } from './paper-model-figures';
import { writeRandomGguf } from './random-gguf';

const [command, file, threads, lengths = ''] = process.argv.slice(2) as string[] & [string, string];

/** A prompt of random tokens and some tokens of an answer, the most probable whatever they are. */
async function answer(
  sequence: LlamaContextSequence,
  promptTokens: number,
  vocabulary: number,
): Promise<AnswerFigures> {
  const random = new Random(promptTokens);
  await sequence.clearHistory();
  const prompt = Array.from({ length: promptTokens }, () => random.integer(vocabulary) as Token);
  const samples: Sample[] = [];
  for (let input = prompt; samples.length <= MEASURED_TOKENS; ) {
    const elapsed = startTimer();
    const last = input[input.length - 1] as Token;
    const results = await sequence.controlledEvaluate([
      ...input.slice(0, -1),
      [last, { generateNext: { token: true, options: { temperature: 0 } } }],
    ]);
    const next = results[input.length - 1]?.next.token;
    samples.push(elapsed());
    if (next === undefined || next === null) throw new Error('llama.cpp gave no token');
    input = [next];
  }
  return answerFigures(promptTokens, samples);
}

async function measure(): Promise<LlamaCppFigures> {
  const options = { gpu: false, build: 'never', skipDownload: true, logLevel: LlamaLogLevel.error } as const;
  const llama = await getLlama({ ...options, maxThreads: Number(threads) });
  const loading = startTimer();
  const model = await llama.loadModel({ modelPath: file, useMmap: true });
  const context = await model.createContext({ contextSize: LONGEST_CONTEXT, batchSize: 512, threads: Number(threads) });
  const sequence = context.getSequence();
  const vocabulary = model.fileInfo.metadata.tokenizer.ggml.tokens.length;
  await answer(sequence, 8, vocabulary);
  const { seconds: loadSeconds } = loading();
  const answers: AnswerFigures[] = [];
  for (const length of lengths.split(',').filter(Boolean).map(Number))
    answers.push(await answer(sequence, length, vocabulary));
  const { rss: residentBytes } = process.memoryUsage();
  await llama.dispose();
  return { build: llama.llamaCppRelease.release, loadSeconds, residentBytes, answers };
}

if (command === 'write') await writeRandomGguf(file, LONGEST_CONTEXT);
else process.stdout.write(`${JSON.stringify(await measure())}\n`);
process.exit(0);
