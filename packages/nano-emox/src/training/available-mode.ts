import { type ModalityMode, modalityModes, modeForModalities } from '@nano-emox/tasks';
import type { EmotionModelConfig } from '../model-config';

/**
 * The mode that shows what `mode` shows, words included or not, less the branches that a configuration does without; where
 * no published mode does, the richest that can be filled.
 */
export function availableMode(mode: ModalityMode, { without = [] }: EmotionModelConfig): ModalityMode {
  const { needs, slots } = modalityModes[mode];
  const wanted = needs.filter((modality) => !(without as readonly string[]).includes(modality));
  if (wanted.length === needs.length) return mode;
  const showsWords = slots.includes('subtitle');
  const equal = (Object.keys(modalityModes) as ModalityMode[]).find((candidate) => {
    const { needs: offered, slots: shown } = modalityModes[candidate];
    const isSame = offered.length === wanted.length && wanted.every((modality) => offered.includes(modality));
    return isSame && shown.includes('subtitle') === showsWords;
  });
  return equal ?? modeForModalities(wanted, true);
}
