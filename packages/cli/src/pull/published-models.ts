/** One repository of a model that is made of several, and the files of it that are needed. */
export interface PublishedPart {
  readonly repo: string;
  readonly files: readonly string[];
}

const languageModelFiles = [
  'config.json',
  'generation_config.json',
  'model.safetensors',
  'tokenizer.json',
  'tokenizer_config.json',
];

/** Repositories that a preset is made of. */
export const publishedModels: Readonly<Record<string, readonly PublishedPart[]>> = {
  // The frozen parts of Nano-EmoX; what was trained on them is published as .pth files elsewhere.
  paper: [
    { repo: 'openai/clip-vit-large-patch14', files: ['config.json', 'model.safetensors'] },
    { repo: 'TencentGameMate/chinese-hubert-large', files: ['config.json', 'pytorch_model.bin'] },
    { repo: 'kartiknarayan/facexformer', files: ['ckpts/model.pt'] },
    {
      repo: 'Qwen/Qwen2.5-1.5B-Instruct',
      files: languageModelFiles,
    },
  ],
  // The language model; encoders come with a model that was trained, and what is between them is to be trained.
  small: [{ repo: 'HuggingFaceTB/SmolLM2-135M-Instruct', files: languageModelFiles }],
};
