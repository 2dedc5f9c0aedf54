import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError, readJsonFile } from '@nano-emox/engine/weights';
import { ifThere } from '../if-there';
import { ChatTemplate } from './chat-template';

/** Where Hugging Face keeps the template of a model, and where `CausalLanguageModel.save` writes it. */
export const CHAT_TEMPLATE_FILE = 'chat_template.jinja';

/** Where older repositories keep it. */
const TOKENIZER_CONFIG_FILE = 'tokenizer_config.json';

/** The chat template in a folder; undefined where there is none. @throws InvalidFileError */
export async function readChatTemplate(folder: string): Promise<ChatTemplate | undefined> {
  const path = join(folder, CHAT_TEMPLATE_FILE);
  const text = await ifThere(readText(path));
  if (text !== undefined) return ChatTemplate.parse(text, path);
  const configPath = join(folder, TOKENIZER_CONFIG_FILE);
  const config = (await ifThere(readJsonFile(configPath))) as { readonly chat_template?: unknown } | null | undefined;
  const inConfig = defaultTemplate(config?.chat_template);
  return inConfig === undefined ? undefined : ChatTemplate.parse(inConfig, configPath);
}

/** Some repositories hold several, by name. */
function defaultTemplate(stated: unknown): string | undefined {
  if (typeof stated === 'string') return stated;
  if (!Array.isArray(stated)) return undefined;
  const named = stated.find((item: { readonly name?: unknown } | null) => item?.name === 'default');
  return typeof named?.template === 'string' ? named.template : undefined;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}
