import { InvalidConfigError } from '@nano-emox/tensor-contract';

/** The seven projections of a decoder layer that can carry LoRA. */
export const loraTargets = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'] as const;

export type LoraTarget = (typeof loraTargets)[number];

/** Low-rank adaptation (Hu et al. 2021): `W x + (alpha / rank) · B A x`. */
export type LoraConfig = {
  readonly rank: number;
  /** @default 2 · rank */
  readonly alpha: number;
  /** Share of the inputs of A that a trainer drops, in [0, 1). Inference never drops. @default 0.05 */
  readonly dropout: number;
  /** @default all seven */
  readonly targets: readonly LoraTarget[];
};

function reject(field: string, message: string, hint: string): never {
  throw new InvalidConfigError({ message: `lora.${field} ${message}`, hint, field: `lora.${field}` });
}

/** Fills defaults and validates. @throws InvalidConfigError */
export function resolveLoraConfig(config: Partial<LoraConfig>): LoraConfig {
  const { rank = 0, dropout = 0.05, targets = loraTargets } = config;
  const alpha = config.alpha ?? 2 * rank;
  if (!Number.isInteger(rank) || rank < 1) reject('rank', `is ${rank}`, 'Give a whole number of at least 1, e.g. 16.');
  if (!(Number.isFinite(alpha) && alpha > 0)) reject('alpha', `is ${alpha}`, 'Give a positive number, e.g. 2 · rank.');
  if (!(dropout >= 0 && dropout < 1)) reject('dropout', `is ${dropout}`, 'Give a share in [0, 1).');
  const unknown = targets.filter((target) => !loraTargets.includes(target));
  if (unknown.length > 0 || targets.length === 0)
    reject('targets', `is [${targets.join(', ')}]`, `Choose one or more of ${loraTargets.join(', ')}.`);
  return { rank, alpha, dropout, targets };
}
