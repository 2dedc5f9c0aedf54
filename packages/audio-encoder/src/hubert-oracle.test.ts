import { graphOf, input, tracingScope, writeModel } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { assertAllclose, readFixture } from '@nano-emox/engine/testing';
import { type FloatTensor, f32 } from '@nano-emox/tensor-contract';
import { afterAll, describe, it } from 'vitest';
import {
  AudioEncoder,
  type AudioEncoderConfig,
  hubertConvolutions,
  hubertStates,
  resolveAudioEncoderConfig,
} from './index';
import { normalizeWaveform } from './normalize-waveform';

/** tooling/oracles/hubert.py: Hugging Face HubertModel in float32. */
const TOLERANCE = 1e-4;
const executor = await openExecutor({ workers: 0 });
afterAll(() => executor.dispose());

const shared = {
  convolutions: hubertConvolutions(16),
  hidden: 32,
  layers: 4,
  heads: 4,
  mlpDim: 64,
  positionKernel: 16,
  positionGroups: 4,
  normalization: 'none',
} as const;

const variants: Readonly<Record<string, Partial<AudioEncoderConfig>>> = {
  'hubert-large': { ...shared, levels: [0, 1, 2, 3, 4], featureLevels: [1, 2, 3, 4] },
  'hubert-base': { ...shared, levels: [0, 1, 2, 3, 4], convolutionNorm: 'group', stableLayerNorm: false },
};

/** Means over time, stacked: `[rows, time, dim]` each to `[rows, states, dim]`. */
function timeMeans(states: readonly FloatTensor[]): FloatTensor {
  const [rows, time, dim] = (states[0] as FloatTensor).dims as [number, number, number];
  const data = new Float32Array(rows * states.length * dim);
  states.forEach((state, index) => {
    state.data.forEach((value, at) => {
      const row = Math.floor(at / (time * dim));
      const target = (row * states.length + index) * dim + (at % dim);
      data[target] = (data[target] as number) + value / time;
    });
  });
  return { type: 'float32', dims: [rows, states.length, dim], data };
}

describe.each(Object.keys(variants))('%s against Hugging Face', async (name) => {
  const config = resolveAudioEncoderConfig(variants[name] as Partial<AudioEncoderConfig>);
  const { weights, tensor } = await readFixture(new URL(`./__fixtures__/${name}.safetensors`, import.meta.url));
  const without = (part: RegExp) => new Map([...weights].filter(([weight]) => !part.test(weight)));
  const samples = tensor('input.input_values');
  const states = [0, 1, 2, 3, 4].map((level) => tensor(`output.hidden_states.${level}`));

  it('gives every hidden state', async () => {
    const waveform = input('samples', f32('rows', 'samples'));
    const traced = hubertStates(waveform, tracingScope(), config);
    const graph = graphOf(Object.fromEntries(traced.map((state, index) => [`state${index}`, state])));
    const session = await executor.load({ bytes: writeModel(graph, { weights }).model }, { name });
    const results = await session.run({ samples });
    await session.dispose();
    for (const [index, state] of states.entries()) {
      assertAllclose(results[`state${index}`] as FloatTensor, state, TOLERANCE, `state ${index}`);
    }
  });

  it.each([
    ['weight_g and weight_v', /parametrizations/],
    ['parametrizations', /weight_[gv]$/],
  ])('pools levels, weights named %s', async (_style, other) => {
    const encoder = await AudioEncoder.fromWeights(config, without(other), { executor });
    const clips = { ...samples, dims: [1, 2, 6400] };
    const { features, levels } = await encoder.encode(clips);
    await encoder.dispose();
    const expected = timeMeans(states);
    assertAllclose(levels, { ...expected, dims: [1, 2, 5, 32] }, TOLERANCE);
    const lastFour = timeMeans([timeMeans(states.slice(1, 5))]); // mean over the four states
    assertAllclose(features, { ...lastFour, dims: [1, 2, 32] }, TOLERANCE);
  });
});

describe('waveform normalisation against the Hugging Face extractor', async () => {
  const { tensor } = await readFixture(new URL('./__fixtures__/hubert-normalise.safetensors', import.meta.url));

  it.each([
    ['joint-clips', 'global_2d'],
    ['joint-batch', 'global_2d'],
    ['per-clip', 'per_row'],
  ] as const)('%s', async (normalization, output) => {
    const clips = input('samples', f32('batch', 'clips', 'samples'));
    const graph = graphOf({ normal: normalizeWaveform(clips, normalization) });
    const session = await executor.load(
      { bytes: writeModel(graph, { weights: new Map() }).model },
      { name: normalization },
    );
    const { normal } = await session.run({ samples: { ...tensor('input.waveforms'), dims: [1, 2, 3200] } });
    await session.dispose();
    assertAllclose(normal as FloatTensor, { ...tensor(`output.${output}`), dims: [1, 2, 3200] }, TOLERANCE);
  });
});
