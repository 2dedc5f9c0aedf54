import { graphOf, input, Random, tokenKinds, tracingScope } from '@nano-emox/engine';
import { evaluateReference } from '@nano-emox/engine/reference';
import { f32, floatTensor, type HostTensor, i64 } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { presets } from './config';
import { modularWeights } from './modular-mask';

const HEADS = 2;

/** Weights `[heads, time, time]` of random scores under random kinds, with the given gate of own and other keys. */
function run(seed: number, time: number, gate: readonly [number, number], maskDecay = 0.1) {
  const random = new Random(seed);
  const kindValues = Array.from({ length: time }, () => 1 + random.integer(6));
  const [scores, bias] = [input('scores', f32(1, HEADS, time, time)), input('bias', f32(1, 1, time, time))];
  const kinds = input('kinds', i64(1, time));
  const hidden = Float32Array.from({ length: time * time }, (_, at) => (at % time > Math.floor(at / time) ? -1e9 : 0));
  const raw = Float32Array.from(
    { length: HEADS * time * time },
    (_, at) => 4 * random.normal() + (hidden[at % (time * time)] as number),
  );
  const weights = modularWeights(scores, { bias, kinds, keyKinds: kinds }, tracingScope(), {
    ...presets.paper,
    maskDecay,
  });
  const results = evaluateReference(graphOf({ weights }), {
    inputs: {
      scores: floatTensor(raw, [1, HEADS, time, time]),
      bias: floatTensor(hidden, [1, 1, time, time]),
      kinds: { type: 'int64', dims: [1, time], data: BigInt64Array.from(kindValues, BigInt) },
    },
    parameters: { mask_gate: floatTensor(Float32Array.from([...gate, ...gate]), [HEADS, 2]) },
    floatType: 'float64',
  });
  const { data } = results.get('weights') as HostTensor;
  const rows = Array.from({ length: HEADS * time }, (_, row) =>
    Array.from(data.slice(row * time, (row + 1) * time), Number),
  );
  const isVisual = kindValues.map((kind) => kind >= tokenKinds.frame);
  return { rows, isVisual, time, raw };
}
const total = (row: readonly number[]) => row.reduce((sum, value) => sum + value, 0);

describe('modularWeights, for random scores and kinds', () => {
  const seeds = Array.from({ length: 25 }, (_, seed) => seed);

  it.each(seeds)(
    'seed %i: gives shares, hides the future, and lets pseudo-attention take a part of every row',
    (seed) => {
      const { rows, time } = run(seed, 1 + (seed % 9), [1, 1]);
      rows.forEach((row, index) => {
        expect(row.every((share) => share >= 0 && share <= 1)).toBe(true);
        expect(total(row)).toBeGreaterThan(0);
        expect(total(row)).toBeLessThan(1);
        expect(row.slice((index % time) + 1).every((share) => share === 0)).toBe(true);
      });
    },
  );

  it.each(seeds)('seed %i: is softmax where the gate is closed', (seed) => {
    const { rows, raw, time } = run(seed, 1 + (seed % 9), [0, 0]);
    rows.forEach((row, index) => {
      const scores = Array.from(raw.slice(index * time, (index + 1) * time), Math.exp);
      for (const [key, share] of row.entries()) expect(share).toBeCloseTo((scores[key] as number) / total(scores), 6);
    });
  });

  it.each(seeds)('seed %i: leaves the other modality alone when only the gate of the own one is open', (seed) => {
    const [own, closed] = [run(seed, 8, [1, 0]), run(seed, 8, [0, 0])];
    own.rows.forEach((row, index) => {
      row.forEach((share, key) => {
        const before = closed.rows[index]?.[key] as number;
        if (own.isVisual[key] !== own.isVisual[index % 8]) expect(share).toBeCloseTo(before, 12);
        else if (before > 1e-6) expect(share).toBeLessThan(before);
      });
    });
  });

  it('takes less the further a token stands and the faster pseudo-attention decays', () => {
    const kept = (maskDecay: number) => run(3, 8, [1, 1], maskDecay).rows.map(total);
    const [slow, fast] = [kept(0.02), kept(0.5)];
    for (const [index, row] of slow.entries()) expect(row).toBeLessThan(fast[index] as number);
  });

  it('stays finite where scores are far below or above pseudo-attention', () => {
    const time = 2;
    const [scores, bias, kinds] = [
      input('scores', f32(1, 1, time, time)),
      input('bias', f32(1, 1, time, time)),
      input('kinds', i64(1, time)),
    ];
    const weights = modularWeights(scores, { bias, kinds, keyKinds: kinds }, tracingScope(), presets.paper);
    const results = evaluateReference(graphOf({ weights }), {
      inputs: {
        scores: floatTensor(Float32Array.of(-1e9, -2e9, -1e4, 1e4), [1, 1, time, time]),
        bias: floatTensor(Float32Array.of(-1e9, -1e9, 0, 0), [1, 1, time, time]),
        kinds: { type: 'int64', dims: [1, time], data: BigInt64Array.of(0n, 3n) },
      },
      parameters: { mask_gate: floatTensor(Float32Array.of(1, 1), [1, 2]) },
    });
    expect(Array.from((results.get('weights') as HostTensor).data as Float32Array).every(Number.isFinite)).toBe(true);
  });
});
