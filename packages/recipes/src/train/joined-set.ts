import type { DataSet } from '@nano-emox/p2e';

/**
 * Several data sets as one, each sample once per epoch. A batch then holds samples of all of them: batch norms would otherwise meet the
 * statistics of one set at a time in training, and those of all together in use.
 */
export function joinedSet<Sample>(name: string, sets: readonly DataSet<Sample>[]): DataSet<Sample> {
  const length = sets.reduce((sum, set) => sum + set.length, 0);
  return {
    name,
    length,
    get: (index) => {
      let rest = index;
      for (const set of sets) {
        if (rest < set.length) return set.get(rest);
        rest -= set.length;
      }
      throw new RangeError(`joinedSet: ${name} has ${length} samples, not one with index ${index}`);
    },
  };
}
