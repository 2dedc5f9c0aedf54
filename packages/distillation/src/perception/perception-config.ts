import { rejectUnknownFields, requireChoice } from '@nano-emox/engine';
import { InvalidConfigError } from '@nano-emox/tensor-contract';
import { type AnswerGateConfig, resolveGateConfig } from '../gate/gate-config';
import { type DistillationHeadConfig, resolveHeadConfig } from '../head/head-config';

/** Encoders that a perception head can read. */
export const readableEncoders = ['face', 'scene'] as const;

/** Configuration of a head and the gate that weighs it against a word. */
export interface PerceptionHeadConfig {
  /** Encoder whose features it reads. @default 'face' */
  readonly reads: (typeof readableEncoders)[number];
  readonly head: DistillationHeadConfig;
  /** Its labels are those of the head. */
  readonly gate: AnswerGateConfig;
}

const where = 'PerceptionHead';

/** Fills defaults and validates. @throws InvalidConfigError */
export function resolvePerceptionConfig(config: Partial<PerceptionHeadConfig>): PerceptionHeadConfig {
  rejectUnknownFields(where, config, { reads: 'face', head: {}, gate: {} });
  const { reads = 'face' } = config;
  requireChoice(where, { reads }, 'reads', readableEncoders);
  const head = resolveHeadConfig(config.head ?? {});
  const gate = resolveGateConfig({ labels: head.labels, ...config.gate });
  requireSameLabels(head.labels, gate.labels);
  return { reads, head, gate };
}

function requireSameLabels(head: readonly string[], gate: readonly string[]): void {
  if (head.length === gate.length && head.every((label, index) => label === gate[index])) return;
  throw new InvalidConfigError({
    message: `${where}: the head knows ${head.join(', ')}, the gate ${gate.join(', ')}`,
    hint: 'Train the gate on logits of this head: both need the same classes in the same order.',
    field: 'gate.labels',
  });
}
