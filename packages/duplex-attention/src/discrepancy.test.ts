import { componentFromWeights, openExecutor } from '@nano-emox/engine/runtime';
import { emptyCache, generationDefinitionWith } from '@nano-emox/lm-lora';
import { type FloatTensor, floatTensor, type HostTensor, InvalidArgumentError } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import { decoderInputs, smallDecoder, soft, type TestToken, words } from './__fixtures__/decoder';
import { discrepancyOf, duplexAttention, observeAttention, presets } from './index';

const executor = await openExecutor({ workers: 0, threads: 1 });
afterAll(() => executor.dispose());

const table = (...values: number[]): FloatTensor => floatTensor(Float32Array.from(values), [values.length / 4, 2, 2]);

describe('discrepancyOf', () => {
  it('is the relative gap of attention per visible pair, averaged over layers', () => {
    const carried = [
      { attentionMass: table(3, 1, 0.5, 1), attentionPairs: table(10, 10, 5, 10) },
      { attentionMass: table(1, 2, 1, 0), attentionPairs: table(10, 10, 5, 10) },
    ];
    const { layers, averageGap } = discrepancyOf(carried);
    expect(layers[0]?.text.self).toBeCloseTo(0.3, 6);
    expect(layers[0]?.text.cross).toBeCloseTo(0.1, 6);
    expect(layers[0]?.text.gap).toBeCloseTo(2 / 3, 6);
    expect(layers[0]?.visual.gap).toBeCloseTo(0, 6);
    expect(layers[1]?.text.gap).toBeCloseTo(0.5, 6);
    expect(layers[1]?.visual).toMatchObject({ self: 0, gap: 1 });
    expect(averageGap.text).toBeCloseTo((2 / 3 + 0.5) / 2, 6);
    expect(averageGap.visual).toBeCloseTo(0.5, 6);
    expect(JSON.parse(JSON.stringify({ layers, averageGap }))).toEqual({ layers, averageGap });
  });

  it('has no gap where a side is missing', () => {
    const carried = [{ attentionMass: table(4, 0, 0, 0), attentionPairs: table(10, 0, 0, 0) }];
    const { layers, averageGap } = discrepancyOf(carried);
    expect(layers).toEqual([
      { layer: 0, text: { self: 0.4, cross: null, gap: null }, visual: { self: null, cross: null, gap: null } },
    ]);
    expect(averageGap).toEqual({ text: null, visual: null });
  });

  it('refuses layers that were not observed', () => {
    expect(() => discrepancyOf([{}])).toThrow(InvalidArgumentError);
    expect(() =>
      discrepancyOf([{ attentionMass: table(1, 1, 1, 1), attentionPairs: floatTensor(new Float32Array(2), [2]) }]),
    ).toThrow(/attentionPairs/);
  });
});

describe('observeAttention', () => {
  const sequence: TestToken[] = [
    ...words('text', 3, 9),
    ...soft('frame', 4),
    ...words('text', 14, 2, 31),
    ...words('answer', 4, 6),
  ];

  it.each([
    ['plain attention', undefined],
    ['duplex attention', presets.paper],
  ])('of %s counts every visible pair once, however the sequence is read', async (_, attention) => {
    const { config, weights } = smallDecoder(attention, duplexAttention);
    const extension = attention ? observeAttention(duplexAttention) : observeAttention();
    const observed = { ...config, attention: attention ?? { type: extension.type } };
    const model = await componentFromWeights(generationDefinitionWith(extension), observed, weights, { executor });
    const read = async (cuts: readonly number[]) => {
      const state = await model.createState(emptyCache(observed, extension));
      const { attentionMask: _mask, softTokens, ...all } = decoderInputs([sequence]);
      const row = (values: ArrayLike<bigint>): HostTensor => ({
        type: 'int64',
        dims: [1, values.length],
        data: BigInt64Array.from(Array.from(values)),
      });
      let from = 0;
      for (const to of cuts) {
        const places = Array.from({ length: to - from }, (_unused, index) => BigInt(from + index));
        const parts = Object.entries(all).map(([name, { data }]) => [
          name,
          row((data as BigInt64Array).slice(from, to)),
        ]);
        const rows = { type: 'int64' as const, dims: [1], data: BigInt64Array.of(0n) };
        await model.run(
          {
            ...Object.fromEntries(parts),
            positions: row(places),
            branch: row(places.map(() => 0n)),
            rows,
            softTokens: softTokens as HostTensor,
          },
          { state },
        );
        from = to;
      }
      const cache = await state.read();
      await state.dispose();
      return Array.from({ length: config.layers }, (_unused, layer) =>
        Object.fromEntries(
          ['attentionMass', 'attentionPairs'].map((name) => [name, cache[`past.${layer}.${name}`] as FloatTensor]),
        ),
      );
    };
    const whole = await read([11]);
    // 7 text tokens: 28 pairs in order; 4 visual: 10. Visual after 2 of text: 8 pairs; 5 of text after 4 visual: 20.
    expect(Array.from(whole[0]?.attentionPairs?.data as Float32Array)).toEqual([28, 20, 8, 10]);
    const total = Array.from(whole[0]?.attentionMass?.data as Float32Array).reduce((sum, value) => sum + value, 0);
    // Every row of plain attention sums to 1; the modular mask takes a part of some and, with a negative gate, gives to others.
    if (attention) expect(Math.abs(total - 11)).toBeGreaterThan(1e-3);
    else expect(total).toBeCloseTo(11, 4);
    const { layers, averageGap } = discrepancyOf(whole);
    expect(layers).toHaveLength(3);
    const stepwise = discrepancyOf(await read([9, 10, 11]));
    expect(stepwise.averageGap.text).toBeCloseTo(averageGap.text as number, 4);
    expect(stepwise.averageGap.visual).toBeCloseTo(averageGap.visual as number, 4);
    await model.dispose();
  });
});
