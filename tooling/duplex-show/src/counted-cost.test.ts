import { resolveDecoderConfig } from '@nano-emox/lm-lora';
import { describe, expect, it } from 'vitest';
import { countedCosts } from './counted-cost';

const config = resolveDecoderConfig({ vocabSize: 16, hidden: 32, layers: 2, heads: 4, keyHeads: 2, mlp: 64 });

describe('the cost of duplex attention', () => {
  const costs = countedCosts(config, [16, 32, 64, 128]);

  it('is the same for every token however many there are: linear in tokens', () => {
    const extra = costs.map(({ flopsPerToken: { duplex, plain } }) => duplex - plain);
    for (const cost of extra) expect(cost).toBe(extra[0]);
    // At most 8 · keyHeads · headDim² multiplications per layer and token, an addition each.
    expect(extra[0]).toBeGreaterThan(0);
    expect(extra[0]).toBeLessThanOrEqual(2 * 8 * config.layers * config.keyHeads * config.headDim ** 2);
  });

  it('lies in the aligners: the mask has no products', () => {
    for (const { flopsPerToken: of } of costs) {
      expect(of.mask).toBe(of.plain);
      expect(of.aligners).toBe(of.duplex);
    }
  });
});
