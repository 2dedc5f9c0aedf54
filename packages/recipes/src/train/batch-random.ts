import { deriveSeed, Random } from '@nano-emox/engine';

/**
 * Randomness for the augmentation of a batch, from the seed and the samples in it: a run that was stopped continues to the
 * same bits, whatever it had drawn before. A sample meets other neighbours in each epoch, so it is changed anew.
 */
export function batchRandom(seed: number, samples: readonly unknown[]): Random {
  return new Random(deriveSeed(seed, JSON.stringify(samples)));
}
