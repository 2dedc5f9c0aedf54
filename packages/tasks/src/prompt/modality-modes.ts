import { MissingModalityError, type Modality } from '@nano-emox/tensor-contract';

/** A place in a prompt. `image` is a still picture: its soft tokens arrive as modality `frame`. */
export type PromptSlot = Modality | 'image' | 'subtitle' | 'question';

/** Which inputs a prompt shows to the language model, and in which order. */
export interface ModalityModeDefinition {
  /** What the published data loader reads for this mode. Four modes list too little for the face encoder; see `inputs`. */
  readonly loads: readonly ('frame' | 'face' | 'audio' | 'image')[];
  /** Order of the segments; the question is always last. */
  readonly slots: readonly PromptSlot[];
  /** Soft tokens that must be there. */
  readonly needs: readonly Modality[];
  /** What a clip must offer for `needs`: face, scene and fusion all read raw frames, fusion reads audio as well. */
  readonly inputs: readonly ('frames' | 'samples')[];
  /** Whether the released template begins with `###Human:`; four modes of it do not. */
  readonly releasedHumanMarker: boolean;
}

type Loads = ModalityModeDefinition['loads'];

function mode(loads: Loads, slots: readonly PromptSlot[], releasedHumanMarker = true): ModalityModeDefinition {
  const softTokens = slots.flatMap((slot): Modality[] => {
    if (slot === 'subtitle' || slot === 'question') return [];
    return [slot === 'image' ? 'frame' : slot];
  });
  const reads = {
    frames: softTokens.some((modality) => modality !== 'audio'),
    samples: softTokens.some((modality) => modality === 'audio' || modality === 'multi'),
  };
  return Object.freeze({
    loads: Object.freeze(loads),
    slots: Object.freeze(slots),
    needs: Object.freeze(softTokens),
    inputs: Object.freeze((['frames', 'samples'] as const).filter((input) => reads[input])),
    releasedHumanMarker,
  });
}

/**
 * Every modality mode of Nano-EmoX under its published name. Modes without a `subtitle` slot do not show the words.
 * @see Nano-EmoX released code, base data set: table of modes
 */
export const modalityModes = Object.freeze({
  multiface_audio_face_frame_text: mode(
    ['frame', 'face', 'audio'],
    ['multi', 'audio', 'face', 'frame', 'subtitle', 'question'],
  ),
  multiframe_audio_frame_text: mode(['frame', 'audio'], ['multi', 'audio', 'frame', 'subtitle', 'question']),
  multiface_audio_face_text: mode(['face', 'audio'], ['multi', 'audio', 'face', 'subtitle', 'question']),
  multiface_text: mode(['face', 'audio'], ['multi', 'subtitle', 'question']),
  faceframe: mode(['audio', 'frame', 'face'], ['audio', 'frame', 'face', 'subtitle', 'question']),
  face: mode(['audio', 'face'], ['audio', 'face', 'subtitle', 'question']),
  frame: mode(['audio', 'frame'], ['audio', 'frame', 'subtitle', 'question']),
  face_frame_text: mode(['face', 'frame'], ['frame', 'face', 'subtitle', 'question'], false),
  face_frame: mode(['face', 'frame'], ['frame', 'face', 'question']),
  face_text: mode(['face', 'frame'], ['face', 'subtitle', 'question'], false),
  frame_text: mode(['frame'], ['frame', 'subtitle', 'question'], false),
  audio_text: mode(['audio'], ['audio', 'subtitle', 'question'], false),
  faceonly: mode(['face'], ['face', 'question']),
  frameonly: mode(['frame'], ['frame', 'question']),
  audioonly: mode(['audio'], ['audio', 'question']),
  textonly: mode([], ['subtitle', 'question']),
  image: mode(['image'], ['image', 'question']),
});

/** Name of a modality mode. */
export type ModalityMode = keyof typeof modalityModes;

/** The mode of all published results: fused, voice, face, scene, words. */
export const defaultModalityMode: ModalityMode = 'multiface_audio_face_frame_text';

/** Soft tokens that `mode` needs and `available` lacks. */
export function missingModalities(mode: ModalityMode, available: Iterable<Modality>): readonly Modality[] {
  const offered = new Set(available);
  return modalityModes[mode].needs.filter((modality) => !offered.has(modality));
}

/**
 * The richest mode that `available` can fill: most soft-token modalities, of equals the one listed first in
 * {@link modalityModes}. Only modes that show the words are chosen, so that equal clips with and without speech share a prompt.
 * @throws MissingModalityError when there are neither soft tokens nor words
 */
export function modeForModalities(available: Iterable<Modality>, hasWords: boolean): ModalityMode {
  const offered = [...available];
  const usable = (Object.keys(modalityModes) as ModalityMode[])
    .filter((name) => modalityModes[name].slots.includes('subtitle') && missingModalities(name, offered).length === 0)
    .sort((a, b) => modalityModes[b].needs.length - modalityModes[a].needs.length); // stable: ties keep table order
  const [richest] = usable;
  if (richest !== undefined && (richest !== 'textonly' || hasWords)) return richest;
  throw new MissingModalityError({
    message: 'modeForModalities: neither soft tokens nor words are available',
    hint: 'Pass a clip with a picture, a sound track or a subtitle.',
    modality: 'any',
  });
}
