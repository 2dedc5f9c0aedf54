import type { EmotionSampleRow } from '@nano-emox/tasks/datasets';
import type { EmotionSource } from './emotion-source';

/** What {@link selectSource} changes. */
export interface SourceSelection {
  /** @default that of the source */
  readonly name?: string;
  /** Clips to keep, in this order. @default all */
  readonly indices?: readonly number[];
  /** Fields of every row that are to be different, such as the modality mode. */
  readonly row?: Partial<Pick<EmotionSampleRow, 'modalityMode' | 'targets' | 'candidates'>>;
}

/** Some clips of a source, or all of them asked in another way. Features are those of the source. */
export function selectSource(source: EmotionSource, { name, indices, row = {} }: SourceSelection): EmotionSource {
  const placeOf = (index: number) => (indices ? (indices[index] as number) : index);
  return {
    name: name ?? source.name,
    length: indices?.length ?? source.length,
    row: async (index) => ({ ...(await source.row(placeOf(index))), ...row }),
    features: (index, options) => source.features(placeOf(index), options),
  };
}
