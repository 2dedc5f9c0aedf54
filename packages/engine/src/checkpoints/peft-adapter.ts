import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostTensor, InvalidConfigError } from '@nano-emox/tensor-contract';
import { type StagedFile, stageFile, type WriteFileOptions } from '../weights/atomic-file';
import { readJsonFile } from '../weights/json-file';
import { safetensorsChunks } from '../weights/safetensors-chunks';
import type { Checkpoint } from './checkpoint';
import { type OpenCheckpointOptions, openCheckpoint } from './open-checkpoint';
import { applyNameTable, renameCheckpoint } from './tables/apply-table';
import { invertTable, type TensorTable } from './tables/tensor-table';

const CONFIG_FILE = 'adapter_config.json';
const WEIGHTS_FILE = 'adapter_model.safetensors';

/** The fields of `adapter_config.json` that decide what the matrices mean; others are kept as they are. */
export interface PeftConfig extends Readonly<Record<string, unknown>> {
  readonly peft_type: 'LORA';
  /** Rank. */
  readonly r: number;
  /** The product of the matrices counts `lora_alpha / r` times. */
  readonly lora_alpha: number;
  /** Names of the layers that have matrices. */
  readonly target_modules: readonly string[];
}

/**
 * Names of an adapter saved by peft to those of the model with it: `base_model.model.x.lora_A.weight` becomes
 * `x.lora_A.default.weight`.
 */
export const peftTable: TensorTable = (['A', 'B'] as const).map((side) => ({
  from: `base_model.model.**.lora_${side}.weight`,
  to: `**.lora_${side}.default.weight`,
}));

/** A LoRA adapter on disk: its configuration, and its matrices under the names of the model. */
export interface PeftAdapter {
  readonly config: PeftConfig;
  readonly checkpoint: Checkpoint;
}

/**
 * Opens a folder that peft's `save_pretrained` wrote: `adapter_config.json` with `adapter_model.safetensors` or `.bin`. The
 * caller disposes the checkpoint.
 * @throws MissingFileError, InvalidFileError, InvalidConfigError (no LoRA, or a kind of it that is not computed here)
 */
export async function openPeftAdapter(folder: string, options: OpenCheckpointOptions = {}): Promise<PeftAdapter> {
  const path = join(folder, CONFIG_FILE);
  const config = requirePeftConfig(await readJsonFile(path), path);
  const safetensors = join(folder, WEIGHTS_FILE);
  const isThere = await stat(safetensors).then(
    () => true,
    () => false,
  );
  const checkpoint = await openCheckpoint(isThere ? safetensors : join(folder, 'adapter_model.bin'), options);
  try {
    return { config, checkpoint: renameCheckpoint(checkpoint, peftTable) };
  } catch (error) {
    await checkpoint.dispose();
    throw error;
  }
}

/**
 * Writes a folder that peft's `from_pretrained` reads: configuration and safetensors, both or neither.
 * @param tensors - `….lora_A.default.weight` `[rank, in]` and `….lora_B.default.weight` `[out, rank]`
 * @throws InvalidConfigError, InvalidArgumentError, NonFiniteError, InvalidFileError (cannot be written), AbortedError
 */
export async function savePeftAdapter(
  folder: string,
  config: PeftConfig,
  tensors: ReadonlyMap<string, HostTensor>,
  options: WriteFileOptions = {},
): Promise<void> {
  const text = `${JSON.stringify(requirePeftConfig(config, CONFIG_FILE), null, 2)}\n`;
  const named = applyNameTable(invertTable(peftTable), tensors);
  const staged: StagedFile[] = [];
  try {
    const chunks = safetensorsChunks(named, { format: 'pt' }, {}); // transformers asks for this metadata
    staged.push(await stageFile(join(folder, WEIGHTS_FILE), chunks, options));
    staged.push(await stageFile(join(folder, CONFIG_FILE), text, options));
    for (const file of staged) await file.commit();
  } catch (error) {
    await Promise.all(staged.map((file) => file.discard()));
    throw error;
  }
}

/** Kinds of LoRA that change the computation, by the field that turns them on. */
const otherKinds = ['use_dora', 'use_rslora', 'fan_in_fan_out', 'alora_invocation_tokens'] as const;

function requirePeftConfig(content: unknown, where: string): PeftConfig {
  const config = (content ?? {}) as Partial<PeftConfig>;
  const reject = (field: string, problem: string): never => {
    throw new InvalidConfigError({
      message: `${where}: ${field} ${problem}`,
      hint: 'Give a plain LoRA adapter with the same rank everywhere.',
      field,
    });
  };
  if (config.peft_type !== 'LORA') reject('peft_type', `is ${JSON.stringify(config.peft_type)}, LORA is read`);
  if (!Number.isInteger(config.r) || (config.r as number) < 1) reject('r', 'is not a rank');
  if (typeof config.lora_alpha !== 'number') reject('lora_alpha', 'is not a number');
  if (!Array.isArray(config.target_modules)) reject('target_modules', 'is not a list of names');
  for (const field of otherKinds) if (config[field]) reject(field, 'is a kind of LoRA that is not computed here');
  for (const field of ['rank_pattern', 'alpha_pattern'] as const) {
    if (Object.keys((config[field] as object | null | undefined) ?? {}).length > 0)
      reject(field, 'gives layers ranks of their own');
  }
  return config as PeftConfig;
}
