import { faceXFormerSource, nanoEmoxSource, type TensorTable } from '@nano-emox/engine/checkpoints';
import type { ModelPart } from './model-parts';

/** Files of one origin. */
export interface SourceKind {
  readonly name: 'nano-emox' | 'facexformer' | 'clip' | 'hubert' | 'lora' | 'language-model';
  /** What a user calls it. */
  readonly title: string;
  /** Key of the state dict in a file of torch.save. */
  readonly root?: string;
  /** Fits a name of its tensors, and of no kind that comes later in the list. */
  readonly marker: RegExp;
  /** Its names to those of the parts, with the part in front: `scene-encoder.vision_model.…`. Applied one after the other. */
  readonly tables: (names: readonly string[]) => readonly TensorTable[];
}

const into = (part: ModelPart): TensorTable => [{ from: '**', to: `${part}.**` }];

/** Low-rank matrices below a prefix, and nothing else of the language model. */
const loraInto = (prefix: string): TensorTable =>
  ['A', 'B'].map((side) => ({
    from: `${prefix}**.lora_${side}.default.weight`,
    to: `language-model.**.lora_${side}.default.weight`,
  }));

/** Trained parts of the released model. The name of a part decides by its beginning. */
const nanoEmoxParts: TensorTable = [
  { drop: '**.position_ids' },
  { drop: 'image_llama_proj.**' }, // created, saved, and used by no mode that is read here
  { from: 'facial_encoder.**', to: 'face-encoder.**' },
  { from: 'video_**', to: 'video-adapter.video_**' },
  { from: 'audio_**', to: 'audio-adapter.audio_**' },
  { from: 'multi_**', to: 'fusion-experts.multi_**' },
  // The attention fusion of the same code.
  { from: 'attention_mlp.**', to: 'fusion-experts.attention_mlp.**' },
  { from: 'fc_att.**', to: 'fusion-experts.fc_att.**' },
  ...loraInto('llama_model.base_model.model.'),
];

/**
 * HuBERT with or without a task's head (then its names begin with `hubert.`), its weight norm in the published spelling or as newer
 * versions of PyTorch keep it.
 */
function hubertTable(names: readonly string[]): TensorTable {
  const prefix = names.some((name) => name.startsWith('hubert.')) ? 'hubert.' : '';
  const norm = (from: string, to: string) => ({
    from: `${prefix}encoder.pos_conv_embed.conv.parametrizations.weight.${from}`,
    to: `audio-encoder.encoder.pos_conv_embed.conv.${to}`,
  });
  const isNewer = names.some((name) => name.includes('.parametrizations.'));
  return [
    ...(isNewer ? [norm('original0', 'weight_g'), norm('original1', 'weight_v')] : []),
    ...['lm_head', 'projector', 'classifier', 'quantizer', 'project_q'].map((head) => ({ drop: `${head}.**` })),
    { from: `${prefix}**`, to: 'audio-encoder.**' },
  ];
}

/** Every kind of file that is read, most telling first. */
export const sourceKinds: readonly SourceKind[] = [
  {
    name: 'nano-emox',
    title: 'checkpoints of Nano-EmoX (.pth)',
    root: nanoEmoxSource.root,
    marker: /^(?:model\.)?(?:facial_encoder\.|video_|audio_|multi_|llama_model\.)/,
    tables: () => [nanoEmoxSource.table, nanoEmoxParts],
  },
  {
    name: 'facexformer',
    title: 'FaceXFormer’s model.pt',
    root: faceXFormerSource.root,
    marker: /^(?:state_dict_backbone\.)?(?:backbone\.0\.|linear_c\.|linear_fuse\.)/,
    tables: () => [faceXFormerSource.table, [{ from: 'facexformer.**', to: 'face-encoder.facexformer.**' }]],
  },
  {
    name: 'clip',
    title: 'CLIP ViT (model.safetensors or pytorch_model.bin)',
    marker: /^(?:(?:vision|text)_model\.|pre_layrnorm\.)/,
    // Newer versions of transformers save the vision tower alone without its prefix.
    tables: (names) =>
      names.some((name) => name.startsWith('vision_model.'))
        ? [into('scene-encoder')]
        : [[{ from: '**', to: 'scene-encoder.vision_model.**' }]],
  },
  {
    name: 'hubert',
    title: 'HuBERT (pytorch_model.bin or model.safetensors)',
    marker: /^(?:hubert\.)?(?:feature_extractor\.conv_layers|feature_projection|encoder\.pos_conv_embed)\./,
    tables: (names) => [hubertTable(names)],
  },
  {
    name: 'lora',
    title: 'a LoRA folder of peft',
    marker: /\.lora_[AB]\./,
    tables: () => [loraInto('')],
  },
  {
    name: 'language-model',
    title: 'a language model (Hugging Face folder or GGUF)',
    marker: /^(?:model\.(?:layers|embed_tokens|norm)\.|lm_head\.|token_embd\.|blk\.)/,
    tables: () => [into('language-model')],
  },
];
