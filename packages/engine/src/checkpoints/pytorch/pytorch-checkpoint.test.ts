import { DisposedError, InvalidArgumentError, InvalidFileError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { allTensors, expectedTensors, fixture } from '../__fixtures__/files';
import { openCheckpoint } from '../open-checkpoint';

// Oracle: torch.save of the same objects in three forms; values as torch widens and orders them.
const expected = await expectedTensors('training.safetensors');
const files = ['training.pt', 'training-stream.pt', 'training-protocol-4.pt'];

describe.each(files)('%s', (file) => {
  it('gives the values that torch wrote, views too', async () => {
    await using checkpoint = await openCheckpoint(fixture(file), { root: 'model' });
    expect(checkpoint.format).toBe('pytorch');
    expect(new Set(checkpoint.names)).toEqual(new Set(expected.keys()));
    expect(await allTensors(checkpoint)).toEqual(expected);
  });

  it('keeps what is no tensor as plain values', async () => {
    await using checkpoint = await openCheckpoint(fixture(file), { root: 'model' });
    expect(checkpoint.metadata).toMatchObject({
      config: { arch: 'nano', sizes: [1, 2, 3], nested: { on: true, none: null }, text: 'naïve 😀' },
      scaler: { scale: 65536, growth_interval: 2000 },
      epoch: 7,
      large: 2n ** 60n,
      loss: 0.125,
      shape: [2, 3],
      device: 'cpu',
      dtype: 'torch.bfloat16',
      optimizer: { param_groups: [{ lr: 0.01, betas: [0.9, 0.95], params: [0, 1] }] },
    });
  });
});

describe('a file of torch.save', () => {
  it('names tensors by their path without a root', async () => {
    await using checkpoint = await openCheckpoint(fixture('training.pt'));
    expect(checkpoint.names).toContain('model.nested.name.weight');
    expect(checkpoint.names).toContain('optimizer.state.0.exp_avg');
    expect(checkpoint.entries.get('model.bf16')).toMatchObject({ type: 'float32', storage: 'BF16', dims: [7] });
    expect((await checkpoint.tensor('optimizer.state.0.exp_avg')).dims).toEqual([2, 3]);
  });

  it('reads what is asked for, in the order of the file', async () => {
    await using checkpoint = await openCheckpoint(fixture('training.pt'), { root: 'model' });
    const names: string[] = [];
    for await (const [name] of checkpoint.tensors(['whole', 'f32'])) names.push(name);
    for await (const [name] of checkpoint.tensors((_, { dims }) => dims.includes(0))) names.push(name);
    expect(names).toEqual(['f32', 'whole', 'empty']);
    await expect(checkpoint.tensor('nothing')).rejects.toThrow(InvalidArgumentError);
    await expect(checkpoint.tensors(['nothing'])[Symbol.asyncIterator]().next()).rejects.toThrow(InvalidArgumentError);
  });

  it('says which keys there are when the root is not one', async () => {
    const opening = openCheckpoint(fixture('training.pt'), { root: 'state_dict_backbone' });
    await expect(opening).rejects.toThrow(InvalidFileError);
    await expect(opening).rejects.toThrow(/no "state_dict_backbone" among "model", "optimizer"/);
  });

  it('reads nothing after dispose, and stops for a signal', async () => {
    const checkpoint = await openCheckpoint(fixture('training.pt'), { root: 'model' });
    await expect(checkpoint.tensor('f32', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    expect((await checkpoint.tensor('f32')).dims).toEqual([2, 3]); // an aborted check is done again
    await checkpoint.dispose();
    await checkpoint.dispose();
    await expect(checkpoint.tensor('f32')).rejects.toThrow(DisposedError);
  });
});
