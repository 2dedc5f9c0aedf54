import { defineModule } from '@nano-emox/engine';
import { componentFromWeights, openExecutor } from '@nano-emox/engine/runtime';
import { assertAllclose, maxDifference } from '@nano-emox/engine/testing';
import { type FloatTensor, f32, type HostTensor } from '@nano-emox/tensor-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Oracle, oracleConfigs, readOracle } from '../__fixtures__/fixtures';
import { type DecoderConfig, resolveDecoderConfig } from '../config/decoder-config';
import { decoderDefinition } from '../language-model-definition';
import { isLoraWeight } from '../lora/lora-weights';
import { decoderModule, decodeSequences } from './decoder-module';

// Oracle: transformers' Qwen2ForCausalLM (+ peft) and LlamaForCausalLM in float32, eager attention:
//   model(input_ids=ids, use_cache=False).logits
const TOLERANCE = 1e-4;

const executor = await openExecutor({ workers: 0, threads: 1 });
afterAll(() => executor.dispose());

const filled = (dims: readonly number[], value: bigint): HostTensor<'int64'> => ({
  type: 'int64',
  dims,
  data: new BigInt64Array(dims.reduce((product, dim) => product * dim, 1)).fill(value),
});

const textInputs = (inputIds: HostTensor<'int64'>, keep?: ArrayLike<number>) => ({
  inputIds,
  attentionMask: {
    type: 'bool' as const,
    dims: inputIds.dims,
    data: keep ? Uint8Array.from(keep) : new Uint8Array(inputIds.data.length).fill(1),
  },
  spliceIndex: filled(inputIds.dims, -1n),
  softTokens: { type: 'float32' as const, dims: [inputIds.dims[0] as number, 0, 32], data: new Float32Array(0) },
});

const open = (config: object, weights: ReadonlyMap<string, HostTensor>) =>
  componentFromWeights(decoderDefinition, config, weights, { executor });

describe('decoderModule against Hugging Face', () => {
  let qwen2: Oracle;
  let llama: Oracle;
  beforeAll(async () => {
    [qwen2, llama] = await Promise.all([readOracle('qwen2-lora'), readOracle('llama')]);
  });

  it('computes the logits of Qwen2 without LoRA', async () => {
    const base = new Map([...qwen2.weights].filter(([name]) => !isLoraWeight(name)));
    const model = await open(oracleConfigs.qwen2, base);
    const { logits } = await model.run(textInputs(qwen2.input('input_ids')));
    expect(logits?.dims).toEqual([2, 10, 96]);
    assertAllclose((logits as FloatTensor).data, qwen2.output('base_logits').data, TOLERANCE);
    await model.dispose();
  });

  it('computes the logits of Qwen2 with peft LoRA', async () => {
    const model = await open(oracleConfigs.qwen2Lora, qwen2.weights);
    const { logits } = await model.run(textInputs(qwen2.input('input_ids')));
    assertAllclose((logits as FloatTensor).data, qwen2.output('logits').data, TOLERANCE);
    // The fixture's LoRA matters: without it the logits are far away.
    expect(maxDifference(qwen2.output('base_logits').data, qwen2.output('logits').data)).toBeGreaterThan(0.5);
    await model.dispose();
  });

  it('computes the logits of Llama: no bias, untied head', async () => {
    const model = await open(oracleConfigs.llama, llama.weights);
    const { logits } = await model.run(textInputs(llama.input('input_ids')));
    assertAllclose((logits as FloatTensor).data, llama.output('logits').data, TOLERANCE);
    await model.dispose();
  });

  it('computes every residual state of Qwen2 with LoRA', async () => {
    const statesModule = defineModule<DecoderConfig, keyof ReturnType<typeof decoderModule.inputs>, string>({
      name: 'DecoderStates',
      inputs: decoderModule.inputs,
      outputs: ({ layers }) =>
        Object.fromEntries(
          ['final', ...Array.from({ length: layers + 1 }, (_, index) => `state${index}`)].map((name) => [
            name,
            f32('batch', 'time', 'hidden'),
          ]),
        ),
      forward: (inputs, weights, config) => {
        const { hidden, states } = decodeSequences(inputs, weights, config);
        return { final: hidden, ...Object.fromEntries(states.map((state, index) => [`state${index}`, state])) };
      },
    });
    const definition = { type: 'decoder-states', module: statesModule, resolveConfig: resolveDecoderConfig };
    const model = await componentFromWeights(definition, oracleConfigs.qwen2Lora, qwen2.weights, { executor });
    const states = await model.run(textInputs(qwen2.input('input_ids')));
    // Hugging Face counts the last state after the final norm.
    const expected = {
      state0: 'hidden_states.0',
      state1: 'hidden_states.1',
      state2: 'hidden_states.2',
      state3: 'last_layer_before_norm',
      final: 'hidden_states.3',
    };
    for (const [name, oracle] of Object.entries(expected)) {
      const found = (states[name] as FloatTensor).data;
      assertAllclose(found, qwen2.output(oracle).data, TOLERANCE, name);
    }
    await model.dispose();
  });

  it('gives padded rows the logits of the same rows alone', async () => {
    const model = await open(oracleConfigs.qwen2Lora, qwen2.weights);
    const keep = qwen2.input('padded_attention_mask').data;
    const { logits } = await model.run(textInputs(qwen2.input('padded_ids'), Array.from(keep, Number)));
    const found = (logits as FloatTensor).data.map((value, index) => value * Number(keep[Math.floor(index / 96)]));
    assertAllclose(found, qwen2.output('padded_logits').data, TOLERANCE);
    await model.dispose();
  });

  it('allows padding on the left: only differences of positions count', async () => {
    const model = await open(oracleConfigs.qwen2Lora, qwen2.weights);
    const ids = qwen2.input('padded_ids').data.slice(10, 14); // the four real tokens of row 1
    const shifted = { type: 'int64' as const, dims: [1, 7], data: BigInt64Array.of(5n, 5n, 5n, ...ids) };
    const { logits } = await model.run(textInputs(shifted, [0, 0, 0, 1, 1, 1, 1]));
    const found = (logits as FloatTensor).data.slice(3 * 96);
    const expected = qwen2.output('padded_logits').data.slice(10 * 96, 14 * 96);
    assertAllclose(found, expected, TOLERANCE);
    await model.dispose();
  });

  it('puts soft tokens in place of embeddings, sample by sample', async () => {
    const model = await open(oracleConfigs.qwen2Lora, qwen2.weights);
    const inputIds = qwen2.input('input_ids');
    const table = qwen2.weights.get('model.embed_tokens.weight')?.data as Float32Array;
    // Sample 0: columns 2 and 3 from rows 1 and 0 of its soft tokens; sample 1: column 5 from its row 1. Filled with the very
    // embeddings they replace, the logits must not change, whatever id stands there.
    const places = [
      { at: 2, row: 1 },
      { at: 3, row: 0 },
      { at: 15, row: 3 },
    ];
    const softTokens = new Float32Array(2 * 2 * 32);
    const inputs = textInputs({ ...inputIds, data: inputIds.data.slice() });
    for (const { at, row } of places) {
      const id = Number(inputIds.data[at]);
      softTokens.set(table.subarray(id * 32, (id + 1) * 32), row * 32);
      inputs.spliceIndex.data[at] = BigInt(row);
      inputs.inputIds.data[at] = 0n;
    }
    const { logits } = await model.run({
      ...inputs,
      softTokens: { type: 'float32', dims: [2, 2, 32], data: softTokens },
    });
    assertAllclose((logits as FloatTensor).data, qwen2.output('logits').data, TOLERANCE);
    await model.dispose();
  });
});
