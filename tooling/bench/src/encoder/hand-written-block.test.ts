import * as onnxruntime from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { fusedBlock, standardBlock } from './hand-written-block';
import { blockFlops, traceBlock } from './traced-block';

const sizes = { name: 'test', width: 32, heads: 4, mlp: 64, tokens: 7, batch: 2 };

async function evaluate(model: Uint8Array): Promise<Float32Array> {
  const session = await onnxruntime.InferenceSession.create(model, { logSeverityLevel: 4 });
  const data = Float32Array.from({ length: 2 * 7 * 32 }, (_, index) => Math.sin(index));
  const { y } = await session.run({ x: new onnxruntime.Tensor('float32', data, [2, 7, 32]) });
  await session.release();
  return y?.data as Float32Array;
}

describe('hand-written blocks', () => {
  const { model, weights } = traceBlock(sizes);

  it.each([
    ['standard', standardBlock],
    ['fused', fusedBlock],
  ])('compute what the traced block computes: %s operators', async (_, write) => {
    const [own, rival] = [await evaluate(model), await evaluate(write(weights, sizes))];
    expect(rival).toHaveLength(own.length);
    const difference = own.reduce(
      (most, value, index) => Math.max(most, Math.abs(value - (rival[index] as number))),
      0,
    );
    expect(difference).toBeLessThan(1e-5);
    expect(own.some((value) => Math.abs(value) > 0.1)).toBe(true);
  });

  it('have the operations that are counted', () => {
    // 14 rows: four square projections and two of the MLP; per sample 7 × 7 scores, made and used.
    expect(blockFlops(sizes)).toBe(2 * 14 * (4 * 32 * 32 + 2 * 32 * 64) + 2 * 2 * 2 * 7 * 7 * 32);
  });
});
