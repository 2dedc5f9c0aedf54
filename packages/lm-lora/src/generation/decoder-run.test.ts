import { Random } from '@nano-emox/engine';
import { componentFromWeights, openExecutor } from '@nano-emox/engine/runtime';
import { assertAllclose, ramp } from '@nano-emox/engine/testing';
import type { FloatTensor } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import { oracleConfigs, readOracle } from '../__fixtures__/fixtures';
import { generationDefinition } from '../language-model-definition';
import { DecoderRun } from './decoder-run';
import { chooseToken, resolveSampling } from './sampling';

const executor = await openExecutor({ workers: 0, threads: 1 });
afterAll(() => executor.dispose());

const greedy = resolveSampling({});
const nextOf = (logits: Float32Array | undefined): number =>
  chooseToken(logits as Float32Array, greedy, new Random(0)).id;

const cases = [
  { name: 'qwen2-lora', config: oracleConfigs.qwen2Lora },
  { name: 'llama', config: oracleConfigs.llama },
] as const;

describe.each(cases)('DecoderRun on $name', ({ name, config }) => {
  // Oracle: model.generate(prompt, max_new_tokens=64, do_sample=False, eos_token_id=None)
  it('continues greedily as Hugging Face does, 64 ids', async () => {
    const oracle = await readOracle(name);
    const handle = await componentFromWeights(generationDefinition, config, oracle.weights, { executor });
    const run = await DecoderRun.start({ handle });
    const expected = oracle.ids('output.greedy_ids');
    expect(expected).toHaveLength(64);
    let [logits] = await run.append({ inputIds: oracle.ids('input.prompt_ids') });
    const found = [nextOf(logits)];
    while (found.length < 64) {
      [logits] = await run.append({ inputIds: [found[found.length - 1] as number] });
      found.push(nextOf(logits));
    }
    expect(found).toEqual(expected);
    await run.dispose();
    await handle.dispose();
  });

  it('gives the same logits token by token, in pieces, and at once', async () => {
    const oracle = await readOracle(name);
    const handle = await componentFromWeights(generationDefinition, config, oracle.weights, { executor });
    const inputIds = [...oracle.ids('input.prompt_ids'), ...oracle.ids('output.greedy_ids')].slice(0, 40);
    const rows = inputIds.map((_, index) => index);
    const readIn = async (pieceLengths: readonly number[]): Promise<Float32Array[]> => {
      const run = await DecoderRun.start({ handle });
      const logits: Float32Array[] = [];
      for (const length of pieceLengths) {
        const piece = inputIds.slice(run.length, run.length + length);
        logits.push(...(await run.append({ inputIds: piece, rows: rows.slice(0, length) })));
      }
      await run.dispose();
      return logits;
    };
    const whole = await readIn([40]);
    const pieces = await readIn([1, 7, 20, 12]);
    const single = await readIn(rows.map(() => 1));
    expect(whole).toHaveLength(40);
    whole.forEach((logits, index) => {
      assertAllclose(logits, pieces[index] as Float32Array, 1e-4);
      assertAllclose(logits, single[index] as Float32Array, 1e-4);
    });
    await handle.dispose();
  });

  it('reads branches as if each stood alone behind the common part', async () => {
    const oracle = await readOracle(name);
    const handle = await componentFromWeights(generationDefinition, config, oracle.weights, { executor });
    const common = oracle.ids('input.prompt_ids');
    const branches = [[3, 1, 4], [1], [5, 9, 2, 6]];
    const run = await DecoderRun.start({ handle });
    await run.append({ inputIds: common });
    const tokens = branches.flatMap((ids, branch) => ids.map((id, index) => ({ id, branch, position: 6 + index })));
    const packed = await run.append({
      inputIds: tokens.map(({ id }) => id),
      branch: tokens.map(({ branch }) => branch),
      positions: tokens.map(({ position }) => position),
      rows: tokens.map((_, index) => index),
    });
    await run.dispose();
    let next = 0;
    for (const ids of branches) {
      const alone = await DecoderRun.start({ handle });
      await alone.append({ inputIds: common });
      const expected = await alone.append({ inputIds: ids, rows: ids.map((_, index) => index) });
      for (const logits of expected) assertAllclose(logits, packed[next++] as Float32Array, 1e-4);
      await alone.dispose();
    }
    expect(executor.usage().states).toBe(0);
    await handle.dispose();
  });

  it('reads a long prompt in parts as it reads it at once', async () => {
    const oracle = await readOracle(name);
    const long = { ...config, maxPositions: 1200 };
    const handle = await componentFromWeights(generationDefinition, long, oracle.weights, { executor });
    const inputIds = Array.from({ length: 1100 }, (_, index) => (index * 7 + (index >> 4)) % 96);
    const spliceIndex = inputIds.map((_, index) => (index % 300 === 299 ? index % 2 : -1));
    const softTokens = ramp(1, 2, 32);
    const rows = [1099, 3, 511, 512];
    const given = { inputIds, spliceIndex, softTokens, rows };
    const parts = await DecoderRun.start({ handle });
    const found = await parts.append(given);
    expect(parts.length).toBe(1100);
    const whole = await DecoderRun.start({ handle });
    const expected = await whole.append({ ...given, positions: inputIds.map((_, index) => index) });
    expected.forEach((logits, index) => {
      assertAllclose(logits, found[index] as Float32Array, 1e-4);
    });
    const [cache, wholeCache] = [await parts.readCache(), await whole.readCache()];
    expect(cache['past.2.value.1']?.dims).toEqual([1100, 8]);
    assertAllclose(cache['past.2.value.1'] as FloatTensor, wholeCache['past.2.value.1'] as FloatTensor, 1e-4);
    await parts.dispose();
    await whole.dispose();
    await handle.dispose();
  });
});
