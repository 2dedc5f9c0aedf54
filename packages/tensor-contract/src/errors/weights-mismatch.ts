import { NanoEmoxError } from './nano-emox-error';

export interface MisshapenWeight {
  readonly name: string;
  readonly expected: readonly number[];
  readonly received: readonly number[];
}

/** Weights do not fit the module: lists every missing, unexpected and mis-shaped name at once. */
export class WeightsMismatchError extends NanoEmoxError {
  readonly code = 'WEIGHTS_MISMATCH';
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly misshapen: readonly MisshapenWeight[];

  constructor(facts: {
    where: string;
    missing: readonly string[];
    unexpected: readonly string[];
    misshapen: readonly MisshapenWeight[];
    hint?: string;
  }) {
    const { where, missing, unexpected, misshapen } = facts;
    const parts = [
      missing.length > 0 ? `missing ${missing.join(', ')}` : '',
      unexpected.length > 0 ? `unexpected ${unexpected.join(', ')}` : '',
      ...misshapen.map(({ name, expected, received }) => `${name} is [${received}] instead of [${expected}]`),
    ].filter((part) => part !== '');
    super({
      message: `${where}: weights do not fit: ${parts.join('; ')}`,
      hint: facts.hint ?? 'Check that config.json and the weights belong to the same model.',
    });
    this.missing = missing;
    this.unexpected = unexpected;
    this.misshapen = misshapen;
  }
}
