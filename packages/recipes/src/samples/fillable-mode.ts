import { type ModalityMode, missingModalities, modalityModes, modeForModalities } from '@nano-emox/tasks';
import type { Modality } from '@nano-emox/tensor-contract';
import type { ClipFeatures } from 'nano-emox/training';

/** Modalities that features can become soft tokens of. */
export function modalitiesOf({
  scene,
  face,
  audio,
}: Partial<Record<keyof ClipFeatures, unknown>>): readonly Modality[] {
  return [
    ...(scene ? (['frame'] as const) : []),
    ...(face ? (['face'] as const) : []),
    ...(audio ? (['audio'] as const) : []),
    ...(scene && audio ? (['multi'] as const) : []),
  ];
}

/**
 * The mode that shows what `mode` shows, as far as a clip offers it.
 * @returns undefined when nothing of it is left and there are no words either
 */
export function fillableMode(
  mode: ModalityMode,
  offered: readonly Modality[],
  hasWords: boolean,
): ModalityMode | undefined {
  if (missingModalities(mode, offered).length === 0) return mode === 'textonly' && !hasWords ? undefined : mode;
  const shown = modalityModes[mode].needs.filter((modality) => offered.includes(modality));
  return shown.length > 0 || hasWords ? modeForModalities(shown, hasWords) : undefined;
}
