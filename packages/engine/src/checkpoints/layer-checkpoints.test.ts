import { floatTensor, InvalidArgumentError, WeightsMismatchError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { writeSafetensors } from '../weights/safetensors-file';
import { fixture, temporaryFolder } from './__fixtures__/files';
import { pickle, torchZip } from './__fixtures__/zip-files';
import { layerCheckpoints, openCheckpointLayers, requireTensors } from './layer-checkpoints';
import { openCheckpoint } from './open-checkpoint';
import { renameCheckpoint } from './tables/apply-table';
import { faceXFormerSource, nanoEmoxSource } from './tables/sources';

const { folder, write } = await temporaryFolder();

async function layer(name: string, tensors: Record<string, readonly number[]>) {
  const path = `${folder}/${name}.safetensors`;
  const entries = Object.entries(tensors).map(
    ([key, values]) => [key, floatTensor(Float32Array.from(values), [values.length])] as const,
  );
  await writeSafetensors(path, new Map(entries));
  return path;
}

/** A checkpoint of torch.save with views of one storage of four floats, under `root`. */
function torchFile(root: string, names: readonly string[]) {
  const items = names.map((name) => pickle.text(name) + pickle.tensor({ dims: [2, 2], strides: [2, 1] }));
  return write(torchZip(pickle.dictionary(root, `}(${items.join('')}u`)));
}

describe('openCheckpointLayers', () => {
  it('lets later files override earlier ones', async () => {
    const paths = [
      await layer('ckpt', { a: [1], b: [1] }),
      await layer('ckpt-2', { b: [2, 2] }),
      await layer('ckpt-3', { c: [3] }),
    ];
    const checkpoint = await openCheckpointLayers(paths);
    expect(checkpoint.names).toEqual(['a', 'b', 'c']);
    expect((await checkpoint.tensor('b')).data).toEqual(Float32Array.of(2, 2));
    expect((await checkpoint.tensor('a')).data).toEqual(Float32Array.of(1));
    await checkpoint.dispose();
    await expect(checkpoint.tensor('a')).rejects.toMatchObject({ code: 'DISPOSED' });
    const reversed = await openCheckpointLayers(paths.toReversed());
    expect(reversed.entries.get('b')?.dims).toEqual([1]);
    await reversed.dispose();
  });

  it('needs a layer, and closes the others when one cannot be opened', async () => {
    expect(() => layerCheckpoints([])).toThrow(InvalidArgumentError);
    await expect(openCheckpointLayers([fixture('whole.safetensors'), `${folder}/absent.pth`])).rejects.toMatchObject({
      code: 'MISSING_FILE',
    });
  });
});

describe('requireTensors', () => {
  it('lists every missing, unexpected and mis-shaped name in one error', async () => {
    const checkpoint = await openCheckpoint(await layer('strict', { a: [1], b: [1, 2], c: [3], buffer: [0] }));
    const ignores = (name: string) => name === 'buffer';
    requireTensors(
      checkpoint,
      new Map([
        ['a', [1]],
        ['b', [2]],
        ['c', [1]],
      ]),
      { ignores },
    );
    const check = () =>
      requireTensors(
        checkpoint,
        new Map([
          ['a', [1]],
          ['b', [2, 1]],
          ['d', [1]],
        ]),
        { ignores },
      );
    expect(check).toThrow(WeightsMismatchError);
    expect(check).toThrow(/missing d; unexpected c; b is \[2\] instead of \[2,1\]/);
    await checkpoint.dispose();
  });
});

describe('published sources', () => {
  it('reads the encoder of FaceXFormer, without its decoder', async () => {
    const { root, table } = faceXFormerSource;
    const names = [
      'backbone.0.0.0.weight',
      'linear_fuse.weight',
      'face_decoder.token.weight',
      'pe_layer.positional_encoding_gaussian_matrix',
    ];
    const checkpoint = renameCheckpoint(await openCheckpoint(await torchFile(root, names), { root }), table);
    expect(checkpoint.names).toEqual(['facexformer.backbone.0.0.0.weight', 'facexformer.linear_fuse.weight']);
    expect((await checkpoint.tensor('facexformer.linear_fuse.weight')).data).toEqual(Float32Array.of(1, 2, 3, 4));
    await checkpoint.dispose();
  });

  it('reads the layers of Nano-EmoX, without buffers of its frozen parts', async () => {
    const { root, table } = nanoEmoxSource;
    const paths = [
      await torchFile(root, ['video_proj.weight', 'video_Qformer.bert.embeddings.position_ids']),
      await torchFile(root, [
        'facial_encoder.query',
        'facial_encoder.facexformer.backbone.0.1.0.attn.relative_position_index',
      ]),
      await torchFile(root, ['llama_model.base_model.model.model.layers.0.self_attn.q_proj.lora_A.default.weight']),
    ];
    const checkpoint = renameCheckpoint(await openCheckpointLayers(paths, { root }), table);
    expect(checkpoint.names).toEqual([
      'video_proj.weight',
      'facial_encoder.query',
      'llama_model.base_model.model.model.layers.0.self_attn.q_proj.lora_A.default.weight',
    ]);
    await checkpoint.dispose();
  });
});
