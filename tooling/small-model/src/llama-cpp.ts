import { getLlama, type LlamaContext, LlamaLogLevel, type Token } from 'node-llama-cpp';

/** A step of greedy decoding as llama.cpp sees it. */
export interface GreedyStep {
  readonly id: number;
  /** Raw logit of the token above that of the next best. */
  readonly margin: number;
}

/** A GGUF file in llama.cpp, on the processor. */
export interface LlamaCpp {
  /** Release of llama.cpp. */
  readonly build: string;
  /** Special tokens written out are recognised; nothing is added. */
  encode(text: string): number[];
  /** The most probable continuation, `steps` tokens whatever they are. */
  greedy(promptIds: readonly number[], steps: number): Promise<GreedyStep[]>;
  dispose(): Promise<void>;
}

/** Opens `path` without graphics card, without building or downloading anything, keys and values of the cache in float32. */
export async function openLlamaCpp(path: string, threads: number): Promise<LlamaCpp> {
  const options = { gpu: false, build: 'never', skipDownload: true, logLevel: LlamaLogLevel.error } as const;
  const llama = await getLlama({ ...options, maxThreads: threads });
  const model = await llama.loadModel({ modelPath: path, useMmap: true });
  const cache = { experimentalKvCacheKeyType: 'F32', experimentalKvCacheValueType: 'F32' } as const;
  const context = await model.createContext({ contextSize: 512, threads, flashAttention: false, ...cache });
  return {
    build: llama.llamaCppRelease.release,
    encode: (text) => model.tokenize(text, true),
    greedy: (promptIds, steps) => greedySteps(context, promptIds, steps),
    dispose: () => llama.dispose(),
  };
}

async function greedySteps(context: LlamaContext, promptIds: readonly number[], steps: number): Promise<GreedyStep[]> {
  const sequence = context.getSequence();
  try {
    const found: GreedyStep[] = [];
    let input = [...promptIds] as Token[];
    while (found.length < steps) {
      const step = await bestNext(sequence, input);
      found.push(step);
      input = [step.id as Token];
    }
    return found;
  } finally {
    sequence.dispose();
  }
}

async function bestNext(
  sequence: ReturnType<LlamaContext['getSequence']>,
  input: readonly Token[],
): Promise<GreedyStep> {
  const last = input[input.length - 1] as Token;
  const logits = { filter: { tokens: [], includeTop: 2 } };
  const results = await sequence.controlledEvaluate([...input.slice(0, -1), [last, { generateNext: { logits } }]]);
  const [best, second] = [...(results[input.length - 1]?.next.logits ?? [])];
  if (best === undefined || second === undefined) throw new Error('llama.cpp gave no logits');
  return { id: best[0], margin: best[1] - second[1] };
}
