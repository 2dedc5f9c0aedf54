import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initializeWeights, traceModule } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { TrainingSession } from '@nano-emox/engine/training';
import { scopeWeights } from '@nano-emox/engine/weights';
import { buildSequence, CausalLanguageModel, resolveDecoderConfig, TextTokenizer } from '@nano-emox/lm-lora';
import { buildPrompt, type Dialogue, formatTarget, type TaskValues } from '@nano-emox/tasks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenizer as tokenizerJson } from '../__fixtures__/tiny-model';
import { NanoEmoX, presets, type ResponseDelta } from '../index';
import { collateEmotionBatch, emotionNetwork, softTokenCounts, weightRoots } from '../training';

const { tiny } = presets;
const width = { lmDim: 64 };

/** The tiny model around a language model that learns a sentence by heart in seconds. */
const config = {
  ...tiny,
  faceEncoder: { ...tiny.faceEncoder, ...width },
  videoAdapter: { ...tiny.videoAdapter, ...width },
  audioAdapter: { ...tiny.audioAdapter, ...width },
  fusion: { ...tiny.fusion, ...width },
  languageModel: resolveDecoderConfig({
    vocabSize: tiny.languageModel.vocabSize,
    hidden: 64,
    layers: 2,
    heads: 4,
    mlp: 128,
    specialTokens: tiny.languageModel.specialTokens,
  }),
};

const dialogue: Dialogue = {
  history: [{ role: 'listener', utterance: 'What happened?' }],
  input: 'My dog ran away.',
};
const value: TaskValues['erg'] = {
  chainOfEmpathy: {
    eventScenario: 'a dog is gone',
    speakerEmotion: 'sad',
    emotionCause: 'the speaker loves it',
    goalToResponse: 'comfort',
  },
  response: 'I am sorry. Let us look for it.',
};

describe('respond', () => {
  let model: NanoEmoX;
  let folder = '';

  /** Trains the language model with the training network itself, on the one answer. */
  beforeAll(async () => {
    const tokenizer = TextTokenizer.fromJson(tokenizerJson);
    const prompt = buildPrompt('erg', { mode: 'textonly', dialogue, candidates: false });
    const sequence = buildSequence(tokenizer, prompt, formatTarget('erg', value), {
      tokenCounts: softTokenCounts(config),
      specialTokens: config.languageModel.specialTokens,
    });
    const executor = await openExecutor({ workers: 0 });
    const graph = traceModule(emotionNetwork, config);
    const weights = initializeWeights(graph, 1);
    const session = await TrainingSession.open({
      graph,
      weights,
      executor,
      groupOf: (name) => (name.startsWith(weightRoots.languageModel) ? 'all' : undefined),
    });
    const batch = collateEmotionBatch([{ features: {}, sequence }], config);
    for (let loss = Number.POSITIVE_INFINITY; loss > 0.02 && session.step < 200; ) {
      ({ loss } = await session.update(batch, { learningRates: { all: 5e-3 } }));
    }
    expect(session.step).toBeLessThan(200);
    const trained = new Map([...weights, ...(await session.readWeights())]);
    await session.dispose();
    await executor.dispose();

    folder = await mkdtemp(join(tmpdir(), 'nano-emox-respond-'));
    const fresh = await NanoEmoX.create(config, { tokenizer });
    await fresh.save(folder);
    await fresh.dispose();
    const languageModel = await CausalLanguageModel.fromWeights(
      config.languageModel,
      scopeWeights(trained, weightRoots.languageModel),
      { tokenizer },
    );
    await languageModel.save(join(folder, 'language-model'));
    await languageModel.dispose();
    model = await NanoEmoX.fromPretrained(folder);
  });
  afterAll(async () => {
    await model.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('streams the chain of empathy, then the response, and returns both read', async () => {
    const deltas: ResponseDelta[] = [];
    const stream = model.respond(dialogue);
    let step = await stream.next();
    for (; !step.done; step = await stream.next()) deltas.push(step.value);
    const textOf = (part: ResponseDelta['part']) =>
      deltas.flatMap((delta) => (delta.part === part ? [delta.text] : [])).join('');
    expect(textOf('thought')).toMatch(/^<think>[\s\S]*a dog is gone[\s\S]*sad[\s\S]*comfort[\s\S]*<\/think>$/);
    expect(textOf('response').trim()).toBe(value.response);
    expect(deltas.length).toBeGreaterThan(20);
    const lastThought = deltas.findLastIndex(({ part }) => part === 'thought');
    expect(deltas.findIndex(({ part }) => part === 'response')).toBe(lastThought + 1);
    expect(step.value).toMatchObject({ status: 'parsed', value });
    expect(step.value.status === 'parsed' && step.value.confidence).toBeGreaterThan(0.9);
  });

  it('stops when the signal fires', async () => {
    const signal = AbortSignal.abort();
    await expect(model.respond(dialogue, { signal }).next()).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
