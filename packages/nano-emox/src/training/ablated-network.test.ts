import { initializeWeights, Random, traceModule } from '@nano-emox/engine';
import { componentFromWeights, floatResult, openExecutor } from '@nano-emox/engine/runtime';
import { buildSequence, TextTokenizer } from '@nano-emox/lm-lora';
import { buildPrompt, defaultModalityMode } from '@nano-emox/tasks';
import { afterAll, describe, expect, it } from 'vitest';
import { tokenizer as tokenizerJson } from '../__fixtures__/tiny-model';
import { presets } from '../index';
import { changeModelConfig, type ModelChanges } from '../model-changes';
import { availableMode } from './available-mode';
import { collateEmotionBatch, type EmotionSample } from './collate-emotion-batch';
import { emotionNetwork, softTokenCounts } from './emotion-network';

const shallow = { ...presets.tiny, languageModel: { ...presets.tiny.languageModel, layers: 1 } };
const tokenizer = TextTokenizer.fromJson(tokenizerJson);
const executor = await openExecutor({ workers: 0 });
afterAll(() => executor.dispose());

const random = new Random(5);
const values = (...dims: number[]) =>
  Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.normal());
const { frames, clips } = shallow.input;
/** All that a cache holds, also what an ablated network does not read. */
const features = {
  face: values(frames, shallow.faceEncoder.headWidth),
  scene: values(frames, shallow.sceneEncoder.hidden),
  sceneLevels: values(frames, 3, shallow.sceneEncoder.hidden),
  audio: values(clips, shallow.audioEncoder.hidden),
  audioLevels: values(clips, 3, shallow.audioEncoder.hidden),
};

/** Loss of one conversation in a changed network, and the names of its parameters. */
async function lossOf(changes: ModelChanges, seen: EmotionSample['features'] = features) {
  const config = changeModelConfig(shallow, changes);
  const graph = traceModule(emotionNetwork, config);
  const network = await componentFromWeights(
    { type: 'emotion-network', module: emotionNetwork, resolveConfig: () => config },
    config,
    initializeWeights(graph, 4),
    { executor },
  );
  const prompt = buildPrompt('mer', { mode: availableMode(defaultModalityMode, config), subtitle: 'Well done!' });
  const sequence = buildSequence(tokenizer, prompt, 'happy###', {
    tokenCounts: softTokenCounts(config),
    specialTokens: config.languageModel.specialTokens,
  });
  const results = await network.run(collateEmotionBatch([{ features: seen, sequence }], config));
  await network.dispose();
  return { loss: floatResult(results, 'loss').data[0] as number, names: [...graph.parameters.keys()] };
}

describe('a network with duplex attention', () => {
  const inLayers = /\.duplex_attention\.layers\.0\./;

  it.each(['paper', 'code', 'maskOnly', 'alignersOnly'] as const)(
    'begins as the one without: %s',
    async (attention) => {
      const [plain, duplex] = [await lossOf({ attention: 'plain' }), await lossOf({ attention })];
      expect(Math.abs(duplex.loss - plain.loss)).toBeLessThan(1e-6);
      expect(plain.names.filter((name) => inLayers.test(name))).toEqual([]);
      expect(duplex.names.filter((name) => inLayers.test(name)).length).toBeGreaterThan(0);
    },
  );

  it('is refused when there is no such attention', () => {
    expect(() => changeModelConfig(shallow, { attention: 'triplex' as 'paper' })).toThrow(
      /no attention called triplex/,
    );
  });
});

describe('a network without a branch', () => {
  it.each([
    ['face', /^facial_encoder\./, ['face'] as const],
    ['multi', /^multi_/, ['sceneLevels', 'audioLevels'] as const],
  ] as const)('has no weights of %s and does not see its features', async (branch, pattern, hidden) => {
    const { loss, names } = await lossOf({ without: [branch] });
    expect(loss).toBeGreaterThan(1);
    expect(names.filter((name) => pattern.test(name))).toEqual([]);
    const changed = Object.fromEntries(hidden.map((name) => [name, features[name].map((value) => -value)]));
    expect((await lossOf({ without: [branch] }, { ...features, ...changed })).loss).toBe(loss);
    expect((await lossOf({}, { ...features, ...changed })).loss).not.toBe((await lossOf({})).loss);
  });

  it('has fewer soft tokens', () => {
    expect(softTokenCounts(changeModelConfig(shallow, { without: ['face'] }))).toEqual({
      frame: 8,
      audio: 8,
      multi: 1,
    });
    expect(softTokenCounts(changeModelConfig(shallow, { without: ['multi'] }))).toEqual({
      frame: 8,
      face: 4,
      audio: 8,
    });
  });
});

it.each([
  ...(['qformer', 'attention', 'densemoe'] as const).map((fusionType): ModelChanges => ({ fusionType })),
  ...(['mean', 'attention', 'mlp', 'linear'] as const).map((adapterType): ModelChanges => ({ adapterType })),
])('runs with %j, from the same cached features', async (changes) => {
  expect((await lossOf(changes)).loss).toBeGreaterThan(1);
});
