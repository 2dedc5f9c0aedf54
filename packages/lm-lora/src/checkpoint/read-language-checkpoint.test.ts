import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openExecutor } from '@nano-emox/engine/runtime';
import { type FloatTensor, type NanoEmoxError, WeightsMismatchError } from '@nano-emox/tensor-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixturePath } from '../__fixtures__/fixtures';
import { CausalLanguageModel } from '../causal-language-model';
import type { ChatMessage } from '../chat/chat-template';
import { isLoraWeight } from '../lora/lora-weights';
import { readLanguageCheckpoint } from './read-language-checkpoint';

interface Expected {
  readonly messages: readonly ChatMessage[];
  readonly endIds: readonly number[];
  readonly cases: Readonly<Record<string, { text: string; ids: number[]; greedyIds: number[] }>>;
}

const ggufFile = fixturePath('language-checkpoint/llama.gguf');
const huggingFaceFolder = fixturePath('language-checkpoint/qwen2');
const expected = JSON.parse(await readFile(fixturePath('language-checkpoint/expected.json'), 'utf8')) as Expected;
const executor = await openExecutor({ workers: 0, threads: 1 });
const { messages } = expected;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'language-checkpoint-'));
});
afterAll(async () => {
  await executor.dispose();
  await rm(folder, { recursive: true, force: true });
});

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: NanoEmoxError) => error.code,
  );

/** The Hugging Face folder with one JSON file changed. */
async function changed(file: string, fields: Record<string, unknown>): Promise<string> {
  const copy = await mkdtemp(join(folder, 'changed-'));
  await cp(huggingFaceFolder, copy, { recursive: true });
  const content = JSON.parse(await readFile(join(copy, file), 'utf8')) as object;
  await writeFile(join(copy, file), JSON.stringify({ ...content, ...fields }));
  return copy;
}

const greedyIds = async (model: CausalLanguageModel): Promise<number[]> => {
  const ids: number[] = [];
  const options = { maxNewTokens: expected.cases.llama?.greedyIds.length ?? 0 };
  for await (const { id } of model.generate(model.chatPrompt(messages), [], options)) ids.push(id);
  return ids;
};

// Oracle: transformers' LlamaForCausalLM and Qwen2ForCausalLM, apply_chat_template.
describe.each([
  { name: 'llama', path: ggufFile, beginning: '<|endoftext|>' },
  { name: 'qwen2', path: huggingFaceFolder, beginning: '' },
])('the $name checkpoint against transformers', ({ name, path, beginning }) => {
  const oracle = expected.cases[name] as Expected['cases'][string];

  it('writes a conversation, the first token once', async () => {
    await using model = await CausalLanguageModel.fromCheckpoint(path, { executor });
    const [segment] = model.chatPrompt(messages) as [{ text: string }];
    expect(beginning + segment.text).toBe(oracle.text);
    const { bos } = model.config.specialTokens;
    expect([...(bos === null ? [] : [bos]), ...model.tokenizer.encode(segment.text)]).toEqual(oracle.ids);
    expect(model.config.specialTokens.eos).toEqual(expected.endIds);
  });

  it('answers with the same greedy tokens, also after it was saved', async () => {
    await using model = await CausalLanguageModel.fromCheckpoint(path, { executor });
    expect(await greedyIds(model)).toEqual(oracle.greedyIds);
    await model.save(join(folder, name));
    await using again = await CausalLanguageModel.fromPretrained(join(folder, name), { executor });
    expect(again.config).toEqual(model.config);
    expect(await greedyIds(again)).toEqual(oracle.greedyIds);
  });

  it('gets low-rank matrices that change nothing yet', async () => {
    await using model = await CausalLanguageModel.fromCheckpoint(path, { executor, lora: { rank: 2 }, seed: 3 });
    expect([...model.weights.keys()].filter(isLoraWeight)).toHaveLength(2 * 7 * model.config.layers);
    expect(await greedyIds(model)).toEqual(oracle.greedyIds);
  });
});

describe('readLanguageCheckpoint', () => {
  it('reads sizes from the file, with positions as few as asked for', async () => {
    const { config, weights } = await readLanguageCheckpoint(ggufFile, { maxPositions: 32 });
    expect(config).toMatchObject({ vocabSize: 600, hidden: 32, layers: 2, heads: 4, keyHeads: 2, mlp: 48 });
    expect(config).toMatchObject({ ropeTheta: 20_000, attentionBias: false, tiedHead: false, maxPositions: 32 });
    for (const { type } of weights.values()) expect(type).toBe('float32');
  });

  it('knows biases and a tied head', async () => {
    const { config, weights } = await readLanguageCheckpoint(huggingFaceFolder);
    expect(config).toMatchObject({ attentionBias: true, tiedHead: true, ropeTheta: 1_000_000, maxPositions: 2048 });
    expect((weights.get('model.layers.1.self_attn.k_proj.bias') as FloatTensor).dims).toEqual([16]);
    expect(weights.has('lm_head.weight')).toBe(false);
  });

  const refused: [string, string, Record<string, unknown>][] = [
    ['another architecture', 'config.json', { model_type: 'gpt2' }],
    ['another activation', 'config.json', { hidden_act: 'gelu' }],
    ['scaled rotary frequencies', 'config.json', { rope_scaling: { type: 'linear', factor: 2 } }],
    ['a window of attention', 'config.json', { use_sliding_window: true }],
    ['a size that is no number', 'config.json', { hidden_size: '32' }],
    ['heads that do not divide', 'config.json', { num_key_value_heads: 3 }],
    ['no end of text', 'generation_config.json', { eos_token_id: null }],
  ];
  it.each(refused)('refuses %s', async (_, file, fields) => {
    expect(await codeOf(readLanguageCheckpoint(await changed(file, fields)))).toBe('INVALID_CONFIG');
  });

  it('refuses more positions than the model was made for', async () => {
    expect(await codeOf(readLanguageCheckpoint(ggufFile, { maxPositions: 2049 }))).toBe('INVALID_CONFIG');
  });

  it('lists all tensors that do not fit the sizes', async () => {
    const misfit = changed('config.json', { num_hidden_layers: 3, intermediate_size: 40 });
    const error = (await readLanguageCheckpoint(await misfit).catch(
      (reason: unknown) => reason,
    )) as WeightsMismatchError;
    expect(error).toBeInstanceOf(WeightsMismatchError);
    expect(error.missing).toHaveLength(12);
    expect(error.misshapen).toHaveLength(6);
  });

  it('says what is missing or damaged', async () => {
    expect(await codeOf(readLanguageCheckpoint(join(folder, 'absent.gguf')))).toBe('MISSING_FILE');
    const without = await changed('config.json', {});
    await rm(join(without, 'tokenizer.json'));
    expect(await codeOf(readLanguageCheckpoint(without))).toBe('MISSING_FILE');
    const cut = join(folder, 'cut.gguf');
    await writeFile(cut, (await readFile(ggufFile)).subarray(0, 60_000));
    expect(await codeOf(readLanguageCheckpoint(cut))).toBe('INVALID_FILE');
    const template = await changed('tokenizer_config.json', { chat_template: '{% for %}' });
    expect(await codeOf(readLanguageCheckpoint(template))).toBe('INVALID_FILE');
  });

  it('stops when it is told to', async () => {
    expect(await codeOf(readLanguageCheckpoint(ggufFile, { signal: AbortSignal.abort() }))).toBe('ABORTED');
  });
});
