import { componentFromWeights, openExecutor } from '@nano-emox/engine/runtime';
import { assertAllclose, maxDifference } from '@nano-emox/engine/testing';
import { decoderDefinitionWith, emptyCache, generationDefinitionWith } from '@nano-emox/lm-lora';
import type { FloatTensor, HostTensor } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import { decoderInputs, smallDecoder, soft, type TestToken, words } from './__fixtures__/decoder';
import { type DuplexAttentionConfig, duplexAttention, presets, resolveDuplexConfig } from './index';

const executor = await openExecutor({ workers: 0, threads: 1 });
const opened: Promise<{ dispose(): Promise<void> }>[] = [];
afterAll(async () => {
  for (const model of opened) await (await model).dispose();
  await executor.dispose();
});

const VOCABULARY = 48;
const settings: [string, DuplexAttentionConfig][] = [
  ['paper', presets.paper],
  ['paper, add', resolveDuplexConfig({ variant: 'paper', fuser: 'add' })],
  ['mask only', presets.maskOnly],
  ['code', presets.code],
  ['code with mask', resolveDuplexConfig({ variant: 'code', mask: true })],
  ['only faces are visual', resolveDuplexConfig({ visual: ['face'] })],
];

type Decoder = ReturnType<typeof smallDecoder>;

/** A decoder ready to read whole sequences; freed after the tests. */
function open({ config, weights }: Decoder) {
  const model = componentFromWeights(decoderDefinitionWith(duplexAttention), config, weights, { executor });
  opened.push(model);
  return async (inputs: Record<string, HostTensor>): Promise<FloatTensor> => {
    const { kinds, ...plain } = inputs;
    const { logits } = await (await model).run(config.attention ? { ...plain, kinds: kinds as HostTensor } : plain);
    return logits as FloatTensor;
  };
}
const plainDecoder = open(smallDecoder(undefined, undefined));

/** Logits of some columns of one sample. */
const columns = ({ data, dims }: FloatTensor, sample: number, from: number, to: number): Float32Array => {
  const time = dims[1] as number;
  return data.slice((sample * time + from) * VOCABULARY, (sample * time + to) * VOCABULARY);
};

const prompt: TestToken[] = [
  ...words('text', 3, 9),
  ...soft('frame', 4),
  ...soft('face', 3),
  ...words('text', 14, 2, 31),
  ...soft('audio', 2),
  ...words('text', 5, 17),
];
const answer = words('answer', 21, 8, 40, 33, 12);

describe.each(settings)('%s in a decoder', (_, attention) => {
  const trained = smallDecoder(attention, duplexAttention);
  const read = open(trained);

  it('changes nothing while its weights are fresh, and much once they are not', async () => {
    const inputs = decoderInputs([[...prompt, ...answer]]);
    const plain = await plainDecoder(inputs);
    const fresh = await open(smallDecoder(attention, duplexAttention, { areExtensionWeightsFresh: true }))(inputs);
    assertAllclose(fresh, plain, 1e-6, 'logits');
    expect(maxDifference(await read(inputs), plain)).toBeGreaterThan(0.05);
  });

  it('does not let a token see any part of an answer behind it', async () => {
    const before = await read(decoderInputs([[...prompt, ...answer]]));
    for (let place = 0; place < answer.length; place++) {
      const changed = [...answer.slice(0, place), ...words('answer', 45, 46, 47, 1, 2).slice(place)];
      const after = await read(decoderInputs([[...prompt, ...changed]]));
      const unseen = prompt.length + place;
      expect(columns(after, 0, 0, unseen)).toEqual(columns(before, 0, 0, unseen));
      expect(columns(after, 0, unseen, unseen + 1)).not.toEqual(columns(before, 0, unseen, unseen + 1));
    }
  });

  // A mask alone mixes nothing into keys, so there would be nothing to show.
  if (attention.aligners) {
    it('would show it to what stands before, were it taken for text of the prompt', async () => {
      const taken = (...ids: number[]) => decoderInputs([[...prompt, ...words('text', ...ids)]]);
      const [before, after] = [await read(taken(21, 8, 40)), await read(taken(45, 46, 47))];
      const places = columns(after, 0, 0, prompt.length);
      expect(maxDifference(places, columns(before, 0, 0, prompt.length))).toBeGreaterThan(1e-3);
    });
  }

  it('gives a sequence the same logits alone, padded on either side, and in a batch', async () => {
    const sequence = [...prompt, ...answer];
    const short = [...soft('face', 2), ...words('text', 7, 7, 20), ...words('answer', 4)];
    const alone = await read(decoderInputs([sequence]));
    const right = await read(decoderInputs([sequence, short], { time: sequence.length + 6 }));
    const left = await read(decoderInputs([sequence], { time: sequence.length + 4, padLeft: true }));
    assertAllclose(columns(right, 0, 0, sequence.length), alone.data, 1e-4, 'padded on the right');
    assertAllclose(columns(left, 0, 4, sequence.length + 4), alone.data, 1e-4, 'padded on the left');
  });

  it('computes with a cache what it computes at once', async () => {
    const sequence = [...prompt, ...answer];
    const whole = await read(decoderInputs([sequence]));
    const { config, weights } = trained;
    const model = await componentFromWeights(generationDefinitionWith(duplexAttention), config, weights, { executor });
    const state = await model.createState(emptyCache(config, duplexAttention));
    const { attentionMask: _mask, ...all } = decoderInputs([sequence]);
    const int64 = (values: number[], dims: number[]) => ({
      type: 'int64' as const,
      dims,
      data: BigInt64Array.from(values, BigInt),
    });
    const run = async (from: number, to: number) => {
      const length = to - from;
      const places = Array.from({ length }, (_, index) => index);
      const part = (name: string) => ({
        ...int64([], [1, length]),
        data: (all[name] as HostTensor<'int64'>).data.slice(from, to),
      });
      const inputs = {
        ...Object.fromEntries(['inputIds', 'spliceIndex', 'kinds'].map((name) => [name, part(name)])),
        positions: int64(
          places.map((place) => from + place),
          [1, length],
        ),
        branch: int64(
          places.map(() => 0),
          [1, length],
        ),
        rows: int64(places, [length]),
        softTokens: all.softTokens as HostTensor,
      };
      return ((await model.run(inputs, { state })).logits as FloatTensor).data;
    };
    const cached = [...(await run(0, prompt.length))];
    for (let place = prompt.length; place < sequence.length; place++) cached.push(...(await run(place, place + 1)));
    await state.dispose();
    await model.dispose();
    assertAllclose(cached, whole.data, 1e-4, 'logits');
  });

  it.each<[string, TestToken[]]>([
    ['visual tokens', words('text', 3, 9, 11, 2)],
    ['text', soft('frame', 4)],
    ['prompt', words('answer', 3, 9, 11)],
  ])('gives finite logits to a sequence without %s', async (_name, sequence) => {
    const logits = await read(decoderInputs([sequence]));
    expect(logits.data.every(Number.isFinite)).toBe(true);
  });
});

describe('a sample without visual tokens', () => {
  it.each([presets.code, presets.alignersOnly])(
    'is left as it is by the aligners of the variant $variant',
    async (attention) => {
      // As in the released code, which skips such samples; in the paper's form text is aligned with nothing but still mapped.
      const inputs = decoderInputs([words('text', 3, 9, 11, 2, 30)]);
      const plain = await plainDecoder(inputs);
      const add = attention.variant === 'paper' ? resolveDuplexConfig({ ...attention, fuser: 'add' }) : attention;
      assertAllclose(await open(smallDecoder(add, duplexAttention))(inputs), plain, 1e-6, 'logits');
    },
  );
});

describe('the kinds of tokens', () => {
  const read = open(smallDecoder(presets.paper, duplexAttention));
  const inputs = decoderInputs([[...prompt, ...answer]]);
  const kinds = inputs.kinds as HostTensor<'int64'>;

  it('must fit the tokens', async () => {
    const flat = { ...kinds, dims: [kinds.data.length] };
    const bytes = { type: 'uint8' as const, dims: kinds.dims, data: Uint8Array.from(kinds.data, Number) };
    const short = { ...kinds, dims: [1, 4], data: kinds.data.slice(0, 4) };
    await expect(read({ ...inputs, kinds: flat })).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    await expect(read({ ...inputs, kinds: bytes })).rejects.toMatchObject({ code: 'DATA_TYPE_MISMATCH' });
    await expect(read({ ...inputs, kinds: short })).rejects.toMatchObject({ code: 'EXECUTION_FAILED' });
  });

  it('that nobody knows are of no modality', async () => {
    const strange = (code: bigint) => ({ ...kinds, data: kinds.data.map((kind) => (kind === 5n ? code : kind)) });
    const [unknown, negative] = [
      await read({ ...inputs, kinds: strange(99n) }),
      await read({ ...inputs, kinds: strange(-1n) }),
    ];
    expect(unknown.data.every(Number.isFinite)).toBe(true);
    expect(unknown).toEqual(negative);
  });
});
