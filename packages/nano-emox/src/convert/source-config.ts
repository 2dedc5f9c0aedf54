import type { PeftConfig } from '@nano-emox/engine/checkpoints';
import type { DecoderConfig, LoraConfig, LoraTarget } from '@nano-emox/lm-lora';
import { InvalidConfigError } from '@nano-emox/tensor-contract';
import type { OpenSources } from './open-sources';

/** Fields that decide what the weights compute; how long a sequence may be and where a text ends is the model's own choice. */
const computedFields = [
  'vocabSize',
  'hidden',
  'layers',
  'heads',
  'keyHeads',
  'headDim',
  'mlp',
  'ropeTheta',
  'rmsEps',
  'attentionBias',
  'tiedHead',
] as const satisfies readonly (keyof DecoderConfig)[];

/** The configuration of a language model as its files state it, with the adapter that was given. */
export function statedLanguageModel({ languageModel, lora }: OpenSources): DecoderConfig | undefined {
  if (!languageModel) return undefined;
  return lora ? { ...languageModel.config, lora: loraConfig(lora) } : languageModel.config;
}

/**
 * Requires the files of a language model and its adapter to state what the configuration of the whole model says.
 * @throws InvalidConfigError naming the first field that differs
 */
export function requireAgreement(config: DecoderConfig, { languageModel, lora }: OpenSources): void {
  for (const field of computedFields) {
    const stated = languageModel?.config[field];
    if (stated !== undefined && stated !== config[field])
      throw differs(`languageModel.${field}`, stated, config[field]);
  }
  if (!lora) return;
  const stated = loraConfig(lora);
  for (const field of ['rank', 'alpha'] as const) {
    if (stated[field] !== config.lora?.[field]) {
      throw differs(`languageModel.lora.${field}`, stated[field], config.lora?.[field]);
    }
  }
}

function loraConfig({ r, lora_alpha: alpha, lora_dropout: dropout, target_modules: targets }: PeftConfig): LoraConfig {
  const share = typeof dropout === 'number' ? dropout : 0;
  return { rank: r, alpha, dropout: share, targets: targets as readonly LoraTarget[] };
}

const differs = (field: string, stated: unknown, expected: unknown) =>
  new InvalidConfigError({
    message: `the files state ${field} ${String(stated)}, the configuration ${String(expected)}`,
    hint: 'Give the files that belong to the preset, or the configuration that belongs to the files.',
    field,
  });
