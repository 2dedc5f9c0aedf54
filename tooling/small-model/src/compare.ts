// biome-ignore-all lint/suspicious/noConsole: a program that tells how far it is
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { fileSha256 } from '@nano-emox/engine/checkpoints';
import { writeFileAtomic } from '@nano-emox/engine/weights';
import { agrees, compareGreedy } from './agreement';
import { type LlamaCpp, openLlamaCpp } from './llama-cpp';
import { openOurModel } from './our-model';
import { prompts } from './prompts';
import { type ReferenceCase, referenceText } from './reference';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    float32: { type: 'string' },
    steps: { type: 'string', default: '64' },
    prompts: { type: 'string', default: String(prompts.length) },
    threads: { type: 'string', default: String(availableParallelism()) },
    write: { type: 'string' },
  },
});
const [file] = positionals;
if (file === undefined) {
  console.error(
    'usage: compare.js MODEL.gguf [--float32 SAME-IN-FLOAT32.gguf] [--steps N] [--prompts N] [--write FILE]',
  );
  process.exit(2);
}
const [steps, threads] = [Number(values.steps), Number(values.threads)];
const asked = prompts.slice(0, Number(values.prompts));

/** What llama.cpp says of a file, prompt by prompt; only one model is in memory at a time. */
async function askLlamaCpp(path: string, texts: readonly string[]) {
  const llama: LlamaCpp = await openLlamaCpp(path, threads);
  try {
    const answers = [];
    for (const text of texts) {
      const promptIds = llama.encode(text);
      answers.push({ promptIds, steps: await llama.greedy(promptIds, steps) });
    }
    return { build: llama.build, answers };
  } finally {
    await llama.dispose();
  }
}

const model = await openOurModel(file, threads);
const texts = asked.map((prompt) => model.chatText(prompt));
const sources = [
  { name: 'llama.cpp, the same file (activations in 8 bits)', path: file },
  ...(values.float32 === undefined ? [] : [{ name: 'llama.cpp, float32', path: values.float32 }]),
];
const found: ({ name: string } & Awaited<ReturnType<typeof askLlamaCpp>>)[] = [];
for (const source of sources) found.push({ name: source.name, ...(await askLlamaCpp(source.path, texts)) });

for (const { name, answers, build } of found) {
  console.log(`\n${name} (release ${build}), ${steps} greedy tokens on ${asked.length} prompts`);
  let equal = 0;
  let tied = 0;
  let largestDifference = 0;
  for (const [index, { promptIds, steps: theirs }] of answers.entries()) {
    const text = texts[index] as string;
    const sameIds = promptIds.join() === model.encode(text).join();
    const agreement = await compareGreedy(model, text, theirs);
    const { equalSteps, gap, marginDifference = 0 } = agreement;
    if (gap === undefined) equal++;
    else if (agrees(agreement)) tied++;
    largestDifference = Math.max(largestDifference, marginDifference);
    const end =
      gap === undefined ? 'all equal' : `first difference at step ${equalSteps + 1}, logits apart by ${gap.toFixed(5)}`;
    const margin = `margins differ by at most ${marginDifference.toExponential(1)}`;
    console.log(
      `${String(index + 1).padStart(3)}  ${sameIds ? 'same prompt ids' : 'OTHER PROMPT IDS'}, ${end}, ${margin}`,
    );
  }
  console.log(
    `all tokens equal: ${equal} of ${answers.length}; first difference below 0.01: ${tied}; largest difference of margins ${largestDifference.toExponential(1)}`,
  );
}

if (values.write !== undefined) {
  const cases = asked.map((prompt, index): ReferenceCase => {
    const idsOf = (source: number) => found[source]?.answers[index]?.steps.map(({ id }) => id);
    return {
      prompt,
      promptIds: found[0]?.answers[index]?.promptIds ?? [],
      ids: idsOf(0) ?? [],
      float32Ids: idsOf(1) ?? [],
    };
  });
  const about = {
    file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
    sha256: await fileSha256(file),
    llamaCpp: found[0]?.build ?? '',
  };
  await writeFileAtomic(values.write, referenceText({ about, cases }));
}
await model.dispose();
