export {
  drawFace,
  type FaceBatchOptions,
  type FaceChange,
  faceBatch,
  noChange,
  sampleFaceChange,
  sampleFaceJitter,
} from './face-batch';
export { type FaceData, type FaceSet, faceSizePx, type LoadFacesOptions, loadFaces } from './faces';
export {
  framesPerClip,
  type LoadRenderedOptions,
  loadRendered,
  type RenderedItem,
  RenderedSet,
  type RenderedTruth,
} from './rendered';
export { repositoryRoot, sharedDataFile, sharedDataFolder } from './shared-data';
export { plainVoice, sampleVoiceChange, type VoiceBatchOptions, type VoiceChange, voiceBatch } from './voice-batch';
export { type LoadVoicesOptions, loadVoices, type VoiceData, type VoiceSet, voiceSampleRateHz } from './voices';
