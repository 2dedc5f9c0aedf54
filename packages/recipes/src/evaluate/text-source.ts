import type { EmotionSampleRow } from '@nano-emox/tasks/datasets';
import type { EmotionSource } from '../sources/emotion-source';

/** Rows without media, asked by their words alone. */
export function textSource(
  name: string,
  rows: readonly Pick<EmotionSampleRow, 'id' | 'split' | 'subtitle' | 'dialogue' | 'targets'>[],
): EmotionSource {
  return {
    name,
    length: rows.length,
    row: async (index) => ({
      ...(rows[index] as (typeof rows)[number]),
      dataSet: name,
      modalityMode: 'textonly',
    }),
    features: async () => ({}),
  };
}
