import type { TensorTable } from './tensor-table';

/** A published checkpoint: where its file keeps the state dict, and how its tensors are named here. */
export interface CheckpointSource {
  /** Key of the state dict in the file. */
  readonly root: string;
  readonly table: TensorTable;
}

/**
 * FaceXFormer's `ckpts/model.pt`: the encoder under the name that the face encoder gives it. Its decoder and the position
 * encoding of that are not used.
 */
export const faceXFormerSource: CheckpointSource = {
  root: 'state_dict_backbone',
  table: [{ drop: 'pe_layer.**' }, { drop: 'face_decoder.**' }, { from: '**', to: 'facexformer.**' }],
};

/**
 * Checkpoints of Nano-EmoX: what trains, under the names that training here gives it too, and buffers of the frozen parts,
 * which are computed here. Files are loaded in the order ckpt, ckpt_2, ckpt_3: `openCheckpointLayers(paths, { root })`.
 */
export const nanoEmoxSource: CheckpointSource = {
  root: 'model',
  table: [
    { drop: '**.embeddings.position_ids' },
    { drop: '**.relative_position_index' },
    { drop: 'facial_encoder.facexformer.pe_layer.positional_encoding_gaussian_matrix' },
  ],
};
