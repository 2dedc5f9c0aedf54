import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openCheckpoint, type PeftConfig, savePeftAdapter } from '@nano-emox/engine/checkpoints';
import { readJsonFile } from '@nano-emox/engine/weights';
import { type DecoderConfig, isLoraWeight } from '@nano-emox/lm-lora';
import { type HostTensor, InvalidConfigError, type RunOptions } from '@nano-emox/tensor-contract';
import { componentFolders } from '../model/components';

/**
 * Writes the low-rank matrices of a language model as a folder that peft's `from_pretrained` reads.
 * @param model folder of a whole model or of its language model, as this project writes them
 * @throws InvalidConfigError when the language model has no LoRA; MissingFileError, InvalidFileError, AbortedError
 */
export async function exportAdapter(model: string, folder: string, { signal }: RunOptions = {}): Promise<void> {
  const inner = join(model, componentFolders.languageModel);
  const source = (await stat(inner).catch(() => undefined)) ? inner : model;
  const { component, lora } = (await readJsonFile(join(source, 'config.json'))) as Partial<DecoderConfig> & {
    readonly component?: string;
  };
  if (component !== 'language-model' || !lora) throw noAdapter(source, component);
  await using checkpoint = await openCheckpoint(join(source, 'model.safetensors'), { signal });
  const tensors = new Map<string, HostTensor>();
  for await (const [name, tensor] of checkpoint.tensors(isLoraWeight, { signal })) tensors.set(name, tensor);
  const config: PeftConfig = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    r: lora.rank,
    lora_alpha: lora.alpha,
    lora_dropout: lora.dropout,
    target_modules: lora.targets,
    bias: 'none',
    inference_mode: true,
    base_model_name_or_path: null,
  };
  await savePeftAdapter(folder, config, tensors, { signal });
}

const noAdapter = (source: string, component: string | undefined) =>
  new InvalidConfigError({
    message: `${source} holds ${component === 'language-model' ? 'a language model without LoRA' : 'no language model'}`,
    hint: 'Give the folder of a model that was trained with LoRA.',
    field: 'lora',
  });
