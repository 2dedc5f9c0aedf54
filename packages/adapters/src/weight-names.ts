import type { Modality } from '@nano-emox/tensor-contract';

/** Names of the parts of an adapter in a checkpoint. */
export interface AdapterWeightNames {
  readonly queries: string;
  readonly positions: string;
  readonly qformer: string;
  /** Projection of the Q-Former and of the pooled adapters. */
  readonly projection: string;
  /** Score layer of the attention adapter. */
  readonly scores: string;
  readonly linear: string;
  readonly mlp: string;
}

/**
 * Names of the published Nano-EmoX checkpoint where it has the part; `…_attention_mlp` is AffectGPT's. The released model has
 * no Q-Former on faces, and perceptrons on faces only: the other names follow the pattern of their neighbours.
 */
export const weightNames: Readonly<Record<Modality, AdapterWeightNames>> = {
  frame: {
    queries: 'video_query_tokens',
    positions: 'video_frame_position_embedding',
    qformer: 'video_Qformer',
    projection: 'video_proj',
    scores: 'video_attention_mlp',
    linear: 'image_llama_proj',
    mlp: 'video_mlp_proj',
  },
  audio: {
    queries: 'audio_query_tokens',
    positions: 'audio_position_embedding',
    qformer: 'audio_Qformer',
    projection: 'audio_llama_proj',
    scores: 'audio_attention_mlp',
    linear: 'audio_llama_proj',
    mlp: 'audio_mlp_proj',
  },
  face: {
    queries: 'face_query_tokens',
    positions: 'face_position_embedding',
    qformer: 'face_Qformer',
    projection: 'face_llama_proj',
    scores: 'face_attention_mlp',
    linear: 'face_llama_proj',
    mlp: 'face_proj',
  },
  multi: {
    queries: 'multi_query_tokens',
    positions: 'multi_position_embedding',
    qformer: 'multi_Qformer',
    projection: 'multi_llama_proj',
    scores: 'multi_attention_mlp',
    linear: 'multi_llama_proj',
    mlp: 'multi_mlp_proj',
  },
};
