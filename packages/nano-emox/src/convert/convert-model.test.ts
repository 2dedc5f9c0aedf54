import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AudioEncoder } from '@nano-emox/audio-encoder';
import { openPeftAdapter } from '@nano-emox/engine/checkpoints';
import { componentFromWeights } from '@nano-emox/engine/runtime';
import { assertAllclose } from '@nano-emox/engine/testing';
import { readSafetensors, readSafetensorsHeader } from '@nano-emox/engine/weights';
import { CausalLanguageModel, decoderDefinition, presets as decoderPresets } from '@nano-emox/lm-lora';
import { SceneEncoder } from '@nano-emox/scene-encoder';
import type { FloatTensor, HostTensor } from '@nano-emox/tensor-contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EmotionModelConfig, NanoEmoX } from '../index';
import { type ConvertEvent, convertModel, exportAdapter, modelParts } from './index';

const fixture = (name: string) => fileURLToPath(new URL(`__fixtures__/${name}`, import.meta.url));

/** Sizes of tooling/oracles/convert.py: the structure of the published model, every width small. */
const config = {
  preset: 'oracle',
  faceEncoder: {
    imageSize: 56,
    embedDim: 4,
    depths: [1, 1, 1, 1],
    heads: [1, 2, 4, 8],
    headWidth: 12,
    queries: 2,
    temporalHeads: 2,
    projectionDim: 10,
    lmDim: 32,
  },
  sceneEncoder: {
    imageSize: 56,
    inputType: 'float32',
    normalization: 'none',
    hidden: 16,
    layers: 2,
    heads: 2,
    mlp: 32,
    levels: [0, 1, 2],
    featureLevel: 2,
  },
  audioEncoder: {
    convolutions: [10, 3, 3, 3, 3, 2, 2].map((kernel, index) => ({ filters: 8, kernel, stride: index === 0 ? 5 : 2 })),
    hidden: 16,
    layers: 2,
    heads: 2,
    mlpDim: 32,
    positionKernel: 8,
    positionGroups: 2,
    levels: [1, 1, 1],
    featureLevels: [1],
    normalization: 'none',
  },
  videoAdapter: adapter('frame', 32),
  audioAdapter: adapter('audio', 8),
  fusion: { type: 'multiscale', audioDim: 16, sceneDim: 16, lmDim: 32, hidden: 8, heads: 2 },
  languageModel: {
    ...decoderPresets.paper,
    vocabSize: 600,
    hidden: 32,
    layers: 2,
    heads: 2,
    keyHeads: 1,
    headDim: 16,
    mlp: 64,
    maxPositions: 128,
    specialTokens: { bos: null, eos: [594] },
    lora: { rank: 4, alpha: 8 },
  },
} as unknown as Partial<EmotionModelConfig>;

function adapter(modality: string, positions: number) {
  const sizes = { inputDim: 16, lmDim: 32, tokens: 4, hidden: 24, heads: 2, mlpDim: 32, layers: 2 };
  return { type: 'qformer', modality, positions, ...sizes };
}

const trained = ['ckpt.pth', 'ckpt_2.pth', 'ckpt_3.pth'].map(fixture);
const frozen = ['clip', 'hubert/pytorch_model.bin', 'facexformer/model.pt', 'qwen2'].map(fixture);

let expected: ReadonlyMap<string, HostTensor>;
let root: string;
let folder: string;
beforeAll(async () => {
  expected = (await readSafetensors(fixture('expected.safetensors'))).tensors;
});
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nano-emox-convert-'));
  folder = join(root, 'model');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const known = (name: string) => expected.get(name) as FloatTensor;

describe('a whole model', () => {
  let whole: string;
  const events: ConvertEvent[] = [];
  beforeAll(async () => {
    whole = await mkdtemp(join(tmpdir(), 'nano-emox-converted-'));
    await convertModel([...frozen, ...trained], whole, { config, onEvent: (event) => events.push(event) });
  });
  afterAll(() => rm(whole, { recursive: true, force: true }));

  it('loads, and nothing else is left in its folder', async () => {
    await using model = await NanoEmoX.fromPretrained(whole, { workers: 0 });
    expect(model.config.preset).toBe('oracle');
    expect((await readdir(whole)).sort()).toEqual(['config.json', ...modelParts].sort());
    for (const part of modelParts) {
      const files = part === 'language-model' ? ['tokenizer.json'] : [];
      expect((await readdir(join(whole, part))).sort()).toEqual(['config.json', 'model.safetensors', ...files]);
    }
  });

  it('tells one total', () => {
    const last = events.at(-1) as ConvertEvent & { readonly type: 'convert-end' };
    const written = events.flatMap((event) => (event.type === 'convert-delta' ? [event.writtenBytes] : []));
    expect(written).toEqual([...written].sort((a, b) => a - b));
    expect(written.at(-1)).toBe(last.totalBytes);
    expect(new Set(events.map(({ totalBytes }) => totalBytes)).size).toBe(1);
  });

  it('sees as CLIP of transformers does', async () => {
    await using scene = await SceneEncoder.fromPretrained(join(whole, 'scene-encoder'), { workers: 0 });
    const { data } = known('input.clip');
    const { levels } = await scene.encode({ type: 'float32', dims: [1, 2, 3, 56, 56], data });
    assertAllclose(levels.data, known('output.clip').data, 1e-4);
  });

  it('hears as HuBERT of transformers does', async () => {
    await using audio = await AudioEncoder.fromPretrained(join(whole, 'audio-encoder'), { workers: 0 });
    const { data } = known('input.hubert');
    const { features } = await audio.encode({ type: 'float32', dims: [1, 2, 3200], data });
    assertAllclose(features.data, known('output.hubert').data, 1e-4);
  });

  it('computes the logits of Qwen2 with peft’s LoRA, whose last phase counts', async () => {
    assertAllclose(await logitsOf(join(whole, 'language-model')), known('output.qwen2').data, 1e-3);
  });

  it('has the values of the last file that holds them, and FaceXFormer’s', async () => {
    const places = {
      'pth.audio_query_tokens': ['audio-adapter', 'audio_query_tokens'],
      'pth.video_query_tokens': ['video-adapter', 'video_query_tokens'],
      'pth.multi_llama_proj.weight': ['fusion-experts', 'multi_llama_proj.weight'],
      'pth.multi_multiscale_fusion.gate_mlp.3.bias': ['fusion-experts', 'multi_multiscale_fusion.gate_mlp.3.bias'],
      'pth.facial_encoder.query': ['face-encoder', 'query'],
      'facexformer.linear_fuse.weight': ['face-encoder', 'facexformer.linear_fuse.weight'],
    } as const;
    for (const [name, [part, tensor]] of Object.entries(places)) {
      const { tensors } = await readSafetensors(join(whole, part, 'model.safetensors'));
      expect(tensors.get(tensor), name).toEqual(expected.get(name));
    }
  });

  it('keeps 16-bit floats as they came, so that nothing is lost and nothing grows', async () => {
    const { entries } = await readSafetensorsHeader(join(whole, 'language-model', 'model.safetensors'));
    expect(entries.get('model.embed_tokens.weight')?.dtype).toBe('BF16');
    expect(entries.get('model.layers.0.mlp.up_proj.lora_A.default.weight')?.dtype).toBe('F32');
    const { tensors } = await readSafetensors(join(whole, 'language-model', 'model.safetensors'));
    const source = (await readSafetensors(fixture('qwen2/model.safetensors'))).tensors;
    expect(tensors.get('model.norm.weight')).toEqual(source.get('model.norm.weight'));
  });

  it('gives its LoRA back as peft writes it', async () => {
    await exportAdapter(whole, join(root, 'adapter'));
    const [written, original] = [await openPeftAdapter(join(root, 'adapter')), await openPeftAdapter(fixture('lora'))];
    expect([...written.checkpoint.names].sort()).toEqual([...original.checkpoint.names].sort());
    for await (const [name, tensor] of original.checkpoint.tensors()) {
      expect(await written.checkpoint.tensor(name)).toEqual(tensor);
    }
    expect(written.config).toMatchObject({ r: 4, lora_alpha: 8 });
    await Promise.all([written, original].map(({ checkpoint }) => checkpoint.dispose()));
    await expect(exportAdapter(join(whole, 'scene-encoder'), root)).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
  });
});

describe('strictness', () => {
  it('lists everything at once, by the names of the files, and writes nothing', async () => {
    const mistaken = {
      ...config,
      fusion: { ...config.fusion, hidden: 10 },
      videoAdapter: { ...config.videoAdapter, layers: 3 },
    };
    const files = [...frozen, trained[1] as string, trained[2] as string, fixture('lora')];
    const error = await convertModel(files, folder, { config: mistaken as never }).catch((caught) => caught);
    expect(error.code).toBe('WEIGHTS_MISMATCH');
    expect(error.missing).toEqual(
      expect.arrayContaining([
        'facial_encoder.query',
        'video_frame_position_embedding.weight',
        'video_Qformer.bert.encoder.layer.2.attention.self.query.weight',
      ]),
    );
    expect(error.misshapen).toContainEqual({
      name: 'multi_llama_proj.weight',
      expected: [32, 10],
      received: [32, 8],
    });
    expect(await readdir(root)).toEqual([]);
  });

  it('refuses tensors that belong nowhere', async () => {
    const error = await convertModel(trained, folder, {
      config: { ...config, videoAdapter: { ...config.videoAdapter, layers: 1 } } as never,
      parts: ['video-adapter'],
    }).catch((caught) => caught);
    expect(error.unexpected).toContain('video_Qformer.bert.encoder.layer.1.attention.self.query.weight');
    expect(error.unexpected.every((name: string) => name.startsWith('video_Qformer.'))).toBe(true);
  });

  it('says which files are wanted when a part is in none', async () => {
    await expect(convertModel(trained, folder, { config })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('scene-encoder, audio-encoder'),
      hint: expect.stringContaining('CLIP'),
    });
    const options = { parts: ['eyes'] as never };
    await expect(convertModel(trained, folder, options)).rejects.toMatchObject({ argument: 'parts' });
  });

  it('compares what the files state with the configuration', async () => {
    const other = (field: string, value: unknown) =>
      convertModel([...frozen, ...trained], folder, {
        config: { ...config, languageModel: { ...config.languageModel, [field]: value } } as never,
      });
    await expect(other('ropeTheta', 10_000)).rejects.toMatchObject({ field: 'languageModel.ropeTheta' });
    const lora = convertModel([fixture('qwen2'), fixture('lora')], folder, {
      config: { ...config, languageModel: { ...config.languageModel, lora: { rank: 4, alpha: 4 } } } as never,
      parts: ['language-model'],
    });
    await expect(lora).rejects.toMatchObject({ field: 'languageModel.lora.alpha' });
  });

  it('refuses damaged and foreign files, and leaves an older model as it was', async () => {
    await convertModel([fixture('qwen2')], folder, { parts: ['language-model'] });
    const before = await readFile(join(folder, 'model.safetensors'));
    const copy = join(root, 'copy');
    await cp(fixture('qwen2'), copy, { recursive: true });
    const weights = await readFile(join(copy, 'model.safetensors'));
    const attempt = () => convertModel([copy], folder, { parts: ['language-model'] });
    await writeFile(join(copy, 'model.safetensors'), weights.subarray(0, -100));
    await expect(attempt()).rejects.toMatchObject({ code: 'INVALID_FILE' });
    await writeFile(join(copy, 'model.safetensors'), 'version https://git-lfs.github.com/spec/v1\n');
    await expect(attempt()).rejects.toMatchObject({ message: expect.stringContaining('Git LFS') });
    await writeFile(join(copy, 'model.safetensors'), weights);
    await writeFile(join(copy, 'config.json'), '<!doctype html>');
    await expect(attempt()).rejects.toMatchObject({ code: 'INVALID_FILE' });
    await cp(fixture('clip'), join(root, 'clip'), { recursive: true });
    await rm(join(root, 'clip', 'model-00002-of-00003.safetensors'));
    const shards = convertModel([join(root, 'clip')], folder, { config, parts: ['scene-encoder'] });
    await expect(shards).rejects.toMatchObject({ message: expect.stringContaining('is missing') });
    await expect(convertModel([fixture('expected.safetensors')], folder)).rejects.toMatchObject({ argument: 'files' });
    await expect(convertModel([join(root, 'absent')], folder)).rejects.toMatchObject({ code: 'MISSING_FILE' });
    expect((await readFile(join(folder, 'model.safetensors'))).equals(before)).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
  });

  it('leaves nothing when it is aborted half way', async () => {
    const controller = new AbortController();
    const onEvent = ({ type }: ConvertEvent) => type === 'convert-delta' && controller.abort();
    const aborted = convertModel([...frozen, ...trained], folder, { config, signal: controller.signal, onEvent });
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
    const left = await readdir(root, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
  });
});

describe('a language model alone', () => {
  it('takes its sizes from its own files, with and without an adapter', async () => {
    await convertModel([fixture('qwen2')], folder, { parts: ['language-model'] });
    assertAllclose(await logitsOf(folder), known('output.qwen2-base').data, 1e-3);
    await convertModel([fixture('qwen2'), fixture('lora')], folder, { parts: ['language-model'] });
    assertAllclose(await logitsOf(folder), known('output.qwen2').data, 1e-3);
  });

  it('comes from GGUF, every quantised type dequantised as gguf-py does, with tokenizer and chat template', async () => {
    await convertModel([fixture('qwen2.gguf')], folder, { parts: ['language-model'] });
    const { tensors } = await readSafetensors(join(folder, 'model.safetensors'));
    for (const name of [...expected.keys()].filter((key) => key.startsWith('gguf.'))) {
      expect(tensors.get(name.slice('gguf.'.length)), name).toEqual(expected.get(name));
    }
    await using model = await CausalLanguageModel.fromPretrained(folder, { workers: 0 });
    expect(model.tokenizer.decode(model.tokenizer.encode('The speaker feels calm.'))).toBe('The speaker feels calm.');
    expect(model.chatTemplate?.render([{ role: 'user', content: 'Hi' }])).toBe('Hi');
  });

  it.each([['float16'], ['int8']] as const)('is stored as %s on request', async (storage) => {
    const events: ConvertEvent[] = [];
    const onEvent = (event: ConvertEvent) => events.push(event);
    await convertModel([fixture('qwen2')], folder, { parts: ['language-model'], storage, onEvent });
    const { entries } = await readSafetensorsHeader(join(folder, 'model.safetensors'));
    expect(entries.get('model.embed_tokens.weight')?.dtype).toBe(storage === 'int8' ? 'I8' : 'F16');
    expect(events.at(-2)).toMatchObject({ writtenBytes: (events.at(-1) as { totalBytes: number }).totalBytes });
    assertAllclose(await logitsOf(folder), known('output.qwen2-base').data, storage === 'int8' ? 0.5 : 0.01);
  });
});

/** Logits for the ids of the oracle by the decoder over whole sequences. */
async function logitsOf(languageModel: string): Promise<Float32Array> {
  const { weights, config: stored } = await (async () => {
    const loaded = await CausalLanguageModel.fromPretrained(languageModel, { workers: 0 });
    await loaded.dispose();
    return { weights: loaded.weights, config: loaded.config };
  })();
  const decoder = await componentFromWeights(decoderDefinition, stored, weights, { workers: 0 });
  const inputIds = expected.get('input.qwen2') as HostTensor<'int64'>;
  const time = inputIds.dims[1] as number;
  const results = await decoder.run({
    inputIds,
    attentionMask: { type: 'bool', dims: [1, time], data: new Uint8Array(time).fill(1) },
    spliceIndex: { type: 'int64', dims: [1, time], data: new BigInt64Array(time).fill(-1n) },
    softTokens: { type: 'float32', dims: [1, 1, 32], data: new Float32Array(32) },
  });
  await decoder.dispose();
  return (results.logits as FloatTensor).data;
}
