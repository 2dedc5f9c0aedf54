import type { ModalityMode } from '@nano-emox/tasks';
import { expect, it } from 'vitest';
import { changeModelConfig } from '../model-changes';
import { presets } from '../model-config';
import { availableMode } from './available-mode';

type Branches = readonly ('face' | 'multi')[];

it.each<[ModalityMode, Branches, ModalityMode]>([
  ['multiface_audio_face_frame_text', [], 'multiface_audio_face_frame_text'],
  ['multiface_audio_face_frame_text', ['face'], 'multiframe_audio_frame_text'],
  ['multiface_audio_face_frame_text', ['multi'], 'faceframe'],
  ['multiface_audio_face_frame_text', ['face', 'multi'], 'frame'],
  ['face_frame_text', ['face'], 'frame_text'],
  ['face_frame', ['face'], 'frameonly'], // a mode that hides the words stays one
  ['audio_text', ['face', 'multi'], 'audio_text'],
  ['multiface_audio_face_text', ['face'], 'multiface_text'], // none shows fusion and voice alone
])('%s without %j is %s', (mode, without, expected) => {
  expect(availableMode(mode, changeModelConfig(presets.tiny, { without }))).toBe(expected);
});
