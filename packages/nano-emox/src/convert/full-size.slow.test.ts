import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AudioEncoder } from '@nano-emox/audio-encoder';
import { loadComponent } from '@nano-emox/engine/runtime';
import { assertAllclose, maxDifference } from '@nano-emox/engine/testing';
import { readSafetensors } from '@nano-emox/engine/weights';
import { FaceEncoder } from '@nano-emox/face-encoder';
import { CausalLanguageModel, emptyCache, generationDefinition } from '@nano-emox/lm-lora';
import { SceneEncoder } from '@nano-emox/scene-encoder';
import { type FloatTensor, floatTensor, type HostTensor } from '@nano-emox/tensor-contract';
import { beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { NanoEmoX } from '../index';
import { convertModel, type ModelPart } from './index';

/** What tooling/oracles/full-size.py wrote: files as people have them, and what the upstream models compute with them. */
const folder = process.env.NANO_EMOX_FULL_SIZE;
const files = [
  'clip-vit-large-patch14',
  'chinese-hubert-large/pytorch_model.bin',
  'facexformer/model.pt',
  'Qwen2.5-1.5B-Instruct',
  'ckpt.pth',
  'ckpt_2.pth',
  'ckpt_3.pth',
];
const model = join(folder ?? '', 'model');

const encoders = [
  { part: 'scene-encoder', input: 'frames', open: SceneEncoder.fromPretrained, outputs: ['features', 'levels'] },
  { part: 'audio-encoder', input: 'samples', open: AudioEncoder.fromPretrained, outputs: ['features', 'levels'] },
  { part: 'face-encoder', input: 'frames', open: FaceEncoder.fromPretrained, outputs: ['features', 'tokens'] },
] as const;

describe.skipIf(folder === undefined)('published sizes (skipped without NANO_EMOX_FULL_SIZE)', () => {
  beforeAll(async () => {
    // `nano-emox convert` may have made it before.
    if (existsSync(join(model, 'config.json'))) return;
    await convertModel(
      files.map((file) => join(folder as string, file)),
      model,
    );
  });

  it('opens as a whole', async () => {
    await using opened = await NanoEmoX.fromPretrained(model);
    expect(opened.config.preset).toBe('paper');
  });

  it.for(encoders)('$part computes what upstream does', async ({ part, input, open, outputs }, context) => {
    const { tensors } = await expectedOf(part);
    await using encoder = await open(join(model, part));
    const results = await encoder.encode(tensors.get(`input.${input}`) as HostTensor);
    for (const output of outputs) {
      const actual = (results as unknown as Record<string, FloatTensor>)[output] as FloatTensor;
      await requireClose(context, output, actual, tensors.get(`output.${output}`), 1e-4);
    }
  });

  it('language-model has the logits of Qwen2 in float32 with the LoRA of peft', async (context) => {
    const { tensors } = await expectedOf('language-model');
    const logits = await logitsOf(tensors.get('input.ids') as HostTensor<'int64'>);
    await requireClose(context, 'logits', logits, tensors.get('output.logits'), 1e-3);
  });

  it('language-model generates the same tokens', async () => {
    const { tensors, metadata } = await expectedOf('language-model');
    const expected = [...(tensors.get('output.greedy_ids') as HostTensor<'int64'>).data].map(Number);
    await using language = await CausalLanguageModel.fromPretrained(join(model, 'language-model'));
    const sampling = { temperature: 0, maxNewTokens: expected.length };
    const ids: number[] = [];
    for await (const { id } of language.generate([{ text: metadata.prompt as string }], [], sampling)) ids.push(id);
    expect(ids).toEqual(expected);
  });
});

const expectedOf = (part: ModelPart) => readSafetensors(join(folder as string, 'expected', `${part}.safetensors`));

/** Notes the largest difference and the scale of the values, then requires the former to be small. */
async function requireClose(
  { annotate }: TestContext,
  name: string,
  actual: FloatTensor,
  tensor: HostTensor | undefined,
  tolerance: number,
): Promise<void> {
  const expected = tensor as FloatTensor;
  const { data } = expected;
  const typical = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const difference = maxDifference(actual, expected);
  const relative = (difference / typical).toExponential(1);
  await annotate(
    `${name}: at most ${difference.toExponential(1)} apart, ${relative} of the root mean square ${typical.toFixed(2)}; the largest value is ${largest.toFixed(1)}`,
  );
  assertAllclose(actual, expected, tolerance, name);
}

/** Logits `[1, time, vocabSize]` of the graph that generates, without tokens before. */
async function logitsOf(inputIds: HostTensor<'int64'>): Promise<FloatTensor> {
  const handle = await loadComponent(generationDefinition, join(model, 'language-model'));
  try {
    const time = inputIds.dims[1] as number;
    const counting = BigInt64Array.from({ length: time }, (_, index) => BigInt(index));
    const row = (data: BigInt64Array): HostTensor<'int64'> => ({ type: 'int64', dims: [1, time], data });
    const state = await handle.createState(emptyCache(handle.config));
    const inputs = {
      inputIds,
      spliceIndex: row(new BigInt64Array(time).fill(-1n)),
      positions: row(counting),
      branch: row(new BigInt64Array(time)),
      softTokens: floatTensor(new Float32Array(0), [1, 0, handle.config.hidden]),
      rows: { ...row(counting), dims: [time] },
    };
    const { logits } = await handle.run(inputs, { state });
    await state.dispose();
    const { data, dims } = logits as FloatTensor;
    return floatTensor(data, [1, ...dims]);
  } finally {
    await handle.dispose();
  }
}
