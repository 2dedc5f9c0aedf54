/** One repository of a model that is made of several, and the files of it that are needed. */
export interface PublishedPart {
  readonly repo: string;
  readonly files: readonly string[];
}

/** Repositories that a preset is made of. */
export const publishedModels: Readonly<Record<string, readonly PublishedPart[]>> = {
  // The frozen parts of Nano-EmoX; what was trained on them is published as .pth files elsewhere.
  paper: [
    { repo: 'openai/clip-vit-large-patch14', files: ['config.json', 'model.safetensors'] },
    { repo: 'TencentGameMate/chinese-hubert-large', files: ['config.json', 'pytorch_model.bin'] },
    { repo: 'kartiknarayan/facexformer', files: ['ckpts/model.pt'] },
    {
      repo: 'Qwen/Qwen2.5-1.5B-Instruct',
      files: ['config.json', 'generation_config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'],
    },
  ],
};
