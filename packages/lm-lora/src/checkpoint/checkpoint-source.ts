import { dirname, join } from 'node:path';
import {
  type Checkpoint,
  ggufDecoderTable,
  ggufModelConfig,
  ggufTokenizer,
  renameCheckpoint,
} from '@nano-emox/engine/checkpoints';
import { readJsonFile } from '@nano-emox/engine/weights';
import { InvalidConfigError } from '@nano-emox/tensor-contract';
import { ChatTemplate } from '../chat/chat-template';
import { readChatTemplate } from '../chat/chat-template-file';
import type { SpecialTokens } from '../config/decoder-config';
import { ifThere } from '../if-there';
import { TextTokenizer, type TokenizerJson } from '../tokenizer/text-tokenizer';
import type { StatedConfig } from './stated-config';

/** A checkpoint with all that has to be known besides its tensors. */
export interface CheckpointSource {
  /** Under Hugging Face names; disposing it closes the files. */
  readonly checkpoint: Checkpoint;
  readonly stated: StatedConfig;
  readonly tokenizer: TextTokenizer;
  readonly specialTokens: SpecialTokens;
  readonly chatTemplate: ChatTemplate | undefined;
}

/** A GGUF file brings everything with it. @throws InvalidConfigError, InvalidFileError */
export function ggufSource(checkpoint: Checkpoint): CheckpointSource {
  const [where = 'GGUF'] = checkpoint.files;
  const { json, chatTemplate, bosId, eosIds } = ggufTokenizer(checkpoint.metadata);
  return {
    checkpoint: renameCheckpoint(checkpoint, ggufDecoderTable(checkpoint.metadata)),
    stated: { ...ggufModelConfig(checkpoint.metadata) },
    tokenizer: TextTokenizer.fromJson(json, where),
    specialTokens: { bos: bosId ?? null, eos: eosIds },
    chatTemplate: chatTemplate === undefined ? undefined : ChatTemplate.parse(chatTemplate, where),
  };
}

/**
 * A Hugging Face repository: `config.json`, `tokenizer.json`, and where they are there `generation_config.json` and a chat template.
 * @throws MissingFileError, InvalidFileError, InvalidConfigError
 */
export async function folderSource(checkpoint: Checkpoint): Promise<CheckpointSource> {
  const folder = dirname(checkpoint.files[0] as string);
  const stated = await readFields(join(folder, 'config.json'));
  const generation = (await ifThere(readFields(join(folder, 'generation_config.json')))) ?? {};
  const tokenizerPath = join(folder, 'tokenizer.json');
  const tokenizer = TextTokenizer.fromJson((await readJsonFile(tokenizerPath)) as TokenizerJson, tokenizerPath);
  const eos = generation.eos_token_id ?? stated.eos_token_id;
  return {
    checkpoint,
    stated,
    tokenizer,
    specialTokens: { bos: tokenizer.beginningId() ?? null, eos: requireIds(eos, folder) },
    chatTemplate: await readChatTemplate(folder),
  };
}

async function readFields(path: string): Promise<StatedConfig> {
  const content = await readJsonFile(path);
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content as StatedConfig;
  throw new InvalidConfigError({
    message: `${path} holds no object`,
    hint: 'Give the folder of a language model as Hugging Face lays it out.',
    field: 'config',
  });
}

function requireIds(value: unknown, folder: string): readonly number[] {
  const ids = Array.isArray(value) ? value : [value];
  if (ids.length > 0 && ids.every((id) => typeof id === 'number')) return ids;
  throw new InvalidConfigError({
    message: `${folder}: eos_token_id is ${JSON.stringify(value)}, neither an id nor a list of ids`,
    hint: 'A text could not end: give eos_token_id in generation_config.json or config.json.',
    field: 'eos_token_id',
  });
}
