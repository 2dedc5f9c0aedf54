import { componentFromWeights, floatResult, openExecutor } from '@nano-emox/engine/runtime';
import { CausalLanguageModel, decoderDefinition, readLanguageCheckpoint } from '@nano-emox/lm-lora';
import type { HostTensor } from '@nano-emox/tensor-contract';

/** A checkpoint in this project's decoder, computed in float32. */
export interface OurModel {
  /** A user message as the model was taught to read it. */
  chatText(message: string): string;
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
  /** The most probable continuation, `steps` tokens whatever they are; token by token, with a key-value cache. */
  greedy(text: string, steps: number): Promise<number[]>;
  /** Logits `[ids.length, vocabSize]` of the whole sequence at once, row by row. */
  logits(ids: readonly number[]): Promise<Float32Array[]>;
  dispose(): Promise<void>;
}

/** Opens a GGUF file or a Hugging Face folder. */
export async function openOurModel(path: string, threads: number): Promise<OurModel> {
  const { config: stated, weights, ...read } = await readLanguageCheckpoint(path, { maxPositions: 512 });
  // No token ends a text: what comes behind an end is compared, too.
  const config = { ...stated, specialTokens: { bos: null, eos: [] } };
  const executor = await openExecutor({ device: 'cpu', threads, spin: false });
  const model = await CausalLanguageModel.fromWeights(config, weights, { ...read, executor });
  const decoder = await componentFromWeights(decoderDefinition, config, weights, { executor });
  const { tokenizer, vocabSize } = { ...read, ...config };
  return {
    chatText: (message) =>
      model
        .chatPrompt([{ role: 'user', content: message }])
        .map((segment) => ('text' in segment ? segment.text : ''))
        .join(''),
    encode: (text) => tokenizer.encode(text),
    decode: (ids) => tokenizer.decode(ids),
    greedy: async (text, steps) => {
      const ids: number[] = [];
      for await (const { id } of model.generate([{ text }], [], { maxNewTokens: steps })) ids.push(id);
      return ids;
    },
    logits: async (ids) => {
      const row = (value: (id: number) => number): HostTensor<'int64'> => ({
        type: 'int64',
        dims: [1, ids.length],
        data: BigInt64Array.from(ids, (id) => BigInt(value(id))),
      });
      const { data } = floatResult(
        await decoder.run({
          inputIds: row((id) => id),
          spliceIndex: row(() => -1),
          attentionMask: { type: 'bool', dims: [1, ids.length], data: new Uint8Array(ids.length).fill(1) },
          softTokens: { type: 'float32', dims: [1, 0, config.hidden], data: new Float32Array(0) },
        }),
        'logits',
      );
      return ids.map((_, index) => data.subarray(index * vocabSize, (index + 1) * vocabSize));
    },
    dispose: async () => {
      await model.dispose();
      await decoder.dispose();
      await executor.dispose();
    },
  };
}
