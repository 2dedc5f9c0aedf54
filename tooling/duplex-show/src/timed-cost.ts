import { duplexAttention } from '@nano-emox/duplex-attention';
import { Random } from '@nano-emox/engine';
import { CausalLanguageModel, type DecoderConfig, resolveDecoderConfig } from '@nano-emox/lm-lora';
import { floatTensor } from '@nano-emox/tensor-contract';
import { type Variant, variantNames, withVariant } from './variants';

/** Milliseconds per token: while a prompt is read, and while an answer is written behind it; medians over rounds. */
export interface TimedCost {
  readonly tokens: number;
  readonly readMs: Readonly<Record<Variant, number>>;
  readonly writeMs: Readonly<Record<Variant, number>>;
}

export interface TimedCostOptions {
  readonly rounds: number;
  readonly threads: number;
}

const ANSWER_TOKENS = 8;
const word = { how: 0, does: 1, she: 2, feel: 3, calm: 4, sad: 5 };
const tokenizer = {
  model: { type: 'WordLevel', vocab: word },
  pre_tokenizer: { type: 'Whitespace' },
  normalizer: null,
  post_processor: null,
  decoder: null,
  added_tokens: [],
};

/** Times every variant in turn, so that what else the machine does counts for all. Half of the tokens are soft. */
export async function timedCosts(
  config: DecoderConfig,
  tokenCounts: readonly number[],
  { rounds, threads }: TimedCostOptions,
): Promise<readonly TimedCost[]> {
  const models = new Map<Variant, CausalLanguageModel>();
  try {
    for (const variant of variantNames) {
      const { attention } = withVariant(config, variant);
      const small = resolveDecoderConfig({ ...config, vocabSize: Object.keys(word).length, specialTokens: {} });
      const described = attention ? { ...small, attention } : small;
      models.set(
        variant,
        await CausalLanguageModel.create(described, { tokenizer, attention: duplexAttention, seed: 1, threads }),
      );
    }
    const costs: TimedCost[] = [];
    for (const tokens of tokenCounts) costs.push(await timeAt(models, config.hidden, tokens, rounds));
    return costs;
  } finally {
    for (const model of models.values()) await model.dispose();
  }
}

async function timeAt(
  models: ReadonlyMap<Variant, CausalLanguageModel>,
  hidden: number,
  tokens: number,
  rounds: number,
): Promise<TimedCost> {
  const read = new Map<Variant, number[]>(variantNames.map((variant) => [variant, []]));
  const write = new Map<Variant, number[]>(variantNames.map((variant) => [variant, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [variant, model] of models) {
      const { readMs, writeMs } = await timeOnce(model, hidden, tokens);
      if (round === 0) continue; // compiles, allocates
      read.get(variant)?.push(readMs / tokens);
      write.get(variant)?.push(writeMs);
    }
  }
  const medians = (of: ReadonlyMap<Variant, readonly number[]>) =>
    Object.fromEntries([...of].map(([variant, values]) => [variant, median(values)])) as Record<Variant, number>;
  return { tokens, readMs: medians(read), writeMs: medians(write) };
}

async function timeOnce(model: CausalLanguageModel, hidden: number, tokens: number) {
  const random = new Random(7);
  const soft = floatTensor(
    new Float32Array((tokens / 2) * hidden).map(() => 0.02 * random.normal()),
    [1, tokens / 2, hidden],
  );
  const text = Array.from({ length: tokens / 2 }, (_, index) => ['how', 'does', 'she', 'feel'][index % 4]).join(' ');
  const started = performance.now();
  const times: number[] = [];
  const prompt = [{ modality: 'frame' }, { text }] as const;
  for await (const _ of model.generate(prompt, [{ modality: 'frame', embeddings: soft }], {
    maxNewTokens: ANSWER_TOKENS,
  })) {
    times.push(performance.now());
  }
  const first = times[0] as number;
  return { readMs: first - started, writeMs: ((times.at(-1) as number) - first) / Math.max(1, times.length - 1) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}
