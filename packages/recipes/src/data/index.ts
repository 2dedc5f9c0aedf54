export { type ActedScript, type Answers, actedAnswers, textAnswers } from './answers';
export { cleanText } from './clean-text';
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
export { writeAtomically } from './set-cache';
export { repositoryRoot, sharedDataFile, sharedDataFolder } from './shared-data';
export {
  type LoadTaskTextsOptions,
  loadTaskTexts,
  type TaskText,
  type TaskTextSource,
  type TaskTexts,
} from './task-texts';
export { type LabelledText, readTextSets, type TextSource } from './text-sets';
export { describedPrompt, type TinyPromptContent, tinyPrompt, tinyPromptOptions } from './tiny-prompt';
export {
  type FaceClipOptions,
  faceClip,
  type SampleMaterial,
  type SampleMedia,
  type SampleSet,
  sampleSets,
  type TrainingSample,
  tinyMixtures,
  visualMode,
  voiceMode,
} from './training-samples';
export { plainVoice, sampleVoiceChange, type VoiceBatchOptions, type VoiceChange, voiceBatch } from './voice-batch';
export { type LoadVoicesOptions, loadVoices, type VoiceData, type VoiceSet, voiceSampleRateHz } from './voices';
export { sourceShares, taskShares, taskTextWeights, WeightedDraw } from './weighted-draw';
