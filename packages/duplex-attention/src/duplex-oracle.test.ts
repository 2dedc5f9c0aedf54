import { componentFromWeights, openExecutor } from '@nano-emox/engine/runtime';
import { assertAllclose, maxDifference, moduleGradients, readFixture } from '@nano-emox/engine/testing';
import { type FloatTensor, floatTensor, type HostTensor } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type DuplexAttentionConfig,
  type DuplexLayerConfig,
  duplexAttentionModule,
  resolveDuplexConfig,
} from './index';

const executor = await openExecutor({ workers: 0, threads: 1 });
afterAll(() => executor.dispose());

const sizes = { heads: 4, keyHeads: 2, headDim: 8 };
const definition = {
  type: 'duplex-layer',
  module: duplexAttentionModule,
  resolveConfig: (config: object) => config as DuplexLayerConfig,
};

/** Causal over all that is not padding. */
function causalBias({ dims: [batch, time], data }: HostTensor<'int64'>): FloatTensor {
  const [samples, length] = [batch as number, time as number];
  const bias = floatTensor(new Float32Array(samples * length * length), [samples, 1, length, length]);
  bias.data.forEach((_, index) => {
    const [sample, query, key] = [Math.floor(index / length ** 2), Math.floor(index / length) % length, index % length];
    bias.data[index] = key > query || data[sample * length + key] === 0n ? -1e9 : 0;
  });
  return bias;
}

/** tooling/oracles/duplex-attention.py: written out query by query in PyTorch, float64. */
describe.each<[string, Partial<DuplexAttentionConfig>]>([
  ['duplex-code', { variant: 'code' }],
  ['duplex-paper-concat', { variant: 'paper', fuser: 'concat', maskDecay: 0.05 }],
  ['duplex-paper-add', { variant: 'paper', fuser: 'add', maskDecay: 0.05 }],
])('%s against PyTorch', (file, attention) => {
  const config = { ...sizes, attention: resolveDuplexConfig(attention) };
  const load = () => readFixture(new URL(`./__fixtures__/${file}.safetensors`, import.meta.url));

  it('aligns keys and hears the same', async () => {
    const { weights, tensor } = await load();
    const kinds = tensor('input.kinds', 'int64');
    const layer = await componentFromWeights(definition, config, weights, { executor });
    const inputs = { query: tensor('input.query'), key: tensor('input.key'), value: tensor('input.value') };
    const { keys, heard } = await layer.run({ ...inputs, kinds, bias: causalBias(kinds) });
    await layer.dispose();
    assertAllclose(keys as FloatTensor, tensor('output.keys'), 1e-5, 'keys');
    // Queries that are padding hear something that nobody reads.
    const isToken = (index: number) =>
      kinds.data[Math.floor(index / (4 * 12 * 8)) * 12 + (Math.floor(index / 8) % 12)] !== 0n;
    const kept = (heard as FloatTensor).data.map((value, index) => (isToken(index) ? value : 0));
    assertAllclose(kept, tensor('output.heard').data, 1e-5, 'heard');
    expect(maxDifference(keys as FloatTensor, inputs.key)).toBeGreaterThan(0.5);
  });

  it('has the same gradients', async () => {
    const { weights, gradients, tensor } = await load();
    const kinds = tensor('input.kinds', 'int64');
    const inputs = { query: tensor('input.query'), key: tensor('input.key'), value: tensor('input.value') };
    const found = await moduleGradients(duplexAttentionModule, config, 'heard', {
      inputs: { ...inputs, bias: causalBias(kinds), kinds: kinds as unknown as FloatTensor },
      upstream: tensor('input.upstream'),
      weights,
    });
    expect(gradients.size).toBe(weights.size + 3);
    for (const [name, gradient] of gradients) {
      assertAllclose(found.get(name.replace(/^input\./, '')) as FloatTensor, gradient, 2e-4, name);
    }
  });
});
