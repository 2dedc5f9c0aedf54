import { InvalidConfigError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { toyPhase } from './__fixtures__/toy-model';
import { groupOfParameter, type Phase, validatePhase } from './phase';

describe('groupOfParameter', () => {
  const phase: Phase = {
    ...toyPhase,
    trainable: [
      { match: 'encoder.frozen.', group: null },
      { match: 'encoder.', group: 'slow' },
      { match: /\.lora_[AB]\./, group: 'fast' },
    ],
  };

  it('is decided by the first rule that fits; the rest stays frozen', () => {
    expect(groupOfParameter(phase, 'encoder.frozen.weight')).toBeUndefined();
    expect(groupOfParameter(phase, 'encoder.weight')).toBe('slow');
    expect(groupOfParameter(phase, 'decoder.q.lora_A.default.weight')).toBe('fast');
    expect(groupOfParameter(phase, 'encoder.q.lora_A.default.weight')).toBe('slow');
    expect(groupOfParameter(phase, 'decoder.q.weight')).toBeUndefined();
  });
});

describe('validatePhase', () => {
  const refusals: [string, Partial<Phase>, string][] = [
    ['no steps', { steps: 0 }, 'steps'],
    ['half a step', { steps: 1.5 }, 'steps'],
    ['no batch', { batchSize: 0 }, 'batchSize'],
    ['half a batch per update', { accumulationSteps: 0.5 }, 'accumulationSteps'],
    ['no epoch', { deviations: { epochsCountFromOne: { epochs: 0 } } }, 'deviations.epochsCountFromOne'],
    ['an empty mixture', { mixture: {} }, 'mixture'],
    ['a mixture of nothing', { mixture: { a: 0 } }, 'mixture'],
    ['a negative weight', { mixture: { a: 1, b: -1 } }, 'mixture'],
    ['a weight that is no number', { mixture: { a: Number.NaN } }, 'mixture'],
    ['an infinite weight', { mixture: { a: Number.POSITIVE_INFINITY, b: 1 } }, 'mixture'],
    ['a group without a rate', { trainable: [{ match: 'x', group: 'other' }] }, 'learningRates'],
    ['a negative rate', { learningRates: { all: { initial: -1 } } }, 'learningRates'],
    ['a rate that is no number', { learningRates: { all: { initial: Number.NaN } } }, 'learningRates'],
    ['a negative warm-up', { warmupSteps: -1 }, 'warmupSteps'],
    ['a clip norm of nothing', { clipNorm: 0 }, 'clipNorm'],
    ['a negative decay', { weightDecay: -0.1 }, 'weightDecay'],
  ];

  it.each(refusals)('refuses %s, naming phase and field', (_, change, field) => {
    const run = () => validatePhase({ ...toyPhase, ...change });
    expect(run).toThrow(InvalidConfigError);
    expect(run).toThrow(expect.objectContaining({ field, message: expect.stringContaining('phase toy: ') }));
  });

  it('accepts what is complete', () => {
    expect(() => validatePhase(toyPhase)).not.toThrow();
    expect(() =>
      validatePhase({ ...toyPhase, trainable: [{ match: 'x', group: null }, ...toyPhase.trainable] }),
    ).not.toThrow();
  });
});
