import { MissingModalityError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import {
  defaultModalityMode,
  type ModalityMode,
  missingModalities,
  modalityModes,
  modeForModalities,
} from './modality-modes';

/** The published table: name, what is loaded, order of segments (H = begins with the human marker, S, Q). */
const published: readonly [ModalityMode, string, string][] = [
  ['faceframe', 'audio,frame,face', 'H audio frame face S Q'],
  ['face', 'audio,face', 'H audio face S Q'],
  ['frame', 'audio,frame', 'H audio frame S Q'],
  ['audioonly', 'audio', 'H audio Q'],
  ['textonly', '', 'H S Q'],
  ['faceonly', 'face', 'H face Q'],
  ['frameonly', 'frame', 'H frame Q'],
  ['image', 'image', 'H image Q'],
  ['face_frame', 'face,frame', 'H frame face Q'],
  ['face_frame_text', 'face,frame', 'frame face S Q'],
  ['audio_text', 'audio', 'audio S Q'],
  ['face_text', 'face,frame', 'face S Q'],
  ['frame_text', 'frame', 'frame S Q'],
  ['multiface_text', 'face,audio', 'H multi S Q'],
  ['multiface_audio_face_text', 'face,audio', 'H multi audio face S Q'],
  ['multiframe_audio_frame_text', 'frame,audio', 'H multi audio frame S Q'],
  ['multiface_audio_face_frame_text', 'frame,face,audio', 'H multi audio face frame S Q'],
];

const shorten = (slot: string) => ({ subtitle: 'S', question: 'Q' })[slot] ?? slot;

describe('modalityModes', () => {
  it('are the published ones', () => {
    const ours = (Object.keys(modalityModes) as ModalityMode[]).map((name) => {
      const { loads, slots, releasedHumanMarker } = modalityModes[name];
      return [name, loads.join(','), [...(releasedHumanMarker ? ['H'] : []), ...slots.map(shorten)].join(' ')];
    });
    expect(ours.sort()).toEqual([...published].sort());
  });

  it('says what a clip must offer: fusion reads frames and samples, the face reads frames', () => {
    expect(modalityModes.multiface_text.inputs).toEqual(['frames', 'samples']);
    expect(modalityModes.face.inputs).toEqual(['frames', 'samples']);
    expect(modalityModes.faceonly.inputs).toEqual(['frames']);
    expect(modalityModes.audio_text.inputs).toEqual(['samples']);
    expect(modalityModes.textonly.inputs).toEqual([]);
    expect(modalityModes.image.needs).toEqual(['frame']);
  });
});

describe('modeForModalities', () => {
  it.each([
    [['multi', 'audio', 'face', 'frame'], defaultModalityMode],
    [['multi', 'audio', 'frame'], 'multiframe_audio_frame_text'],
    [['audio', 'face', 'frame'], 'faceframe'],
    [['audio', 'face'], 'face'],
    [['face', 'frame'], 'face_frame_text'],
    [['frame'], 'frame_text'],
    [['audio'], 'audio_text'],
    [[], 'textonly'],
  ] as const)('%j → %s', (available, expected) => {
    expect(modeForModalities(available, true)).toBe(expected);
  });

  it('refuses when there is nothing to show', () => {
    expect(() => modeForModalities([], false)).toThrow(MissingModalityError);
    expect(modeForModalities(['audio'], false)).toBe('audio_text');
  });

  it('names what is missing', () => {
    expect(missingModalities(defaultModalityMode, ['audio', 'frame'])).toEqual(['multi', 'face']);
  });
});
