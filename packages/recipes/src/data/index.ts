export { type ActedScript, type Answers, actedTargets, answersOf, textTargets } from './answers';
export { cleanText } from './clean-text';
export { dataSetFiles, findDataSets, type MissingDataSet, type TinyDataSet } from './data-sets';
export {
  drawFace,
  type FaceBatchOptions,
  type FaceChange,
  faceBatch,
  noChange,
  sampleFaceChange,
  sampleFaceJitter,
} from './face-batch';
export { pictureId, readFaceTeacher } from './face-teacher';
export { type FaceData, type FaceSet, faceSizePx, type LoadFacesOptions, loadFaces } from './faces';
export {
  framesPerClip,
  type LoadRenderedOptions,
  loadRendered,
  type RenderedData,
  type RenderedItem,
  RenderedSet,
  type RenderedTruth,
} from './rendered';
export { writeAtomically } from './set-cache';
export {
  type LoadTaskTextsOptions,
  loadTaskTexts,
  type TaskText,
  type TaskTextSource,
  type TaskTexts,
} from './task-texts';
export { type LabelledText, readTextSets, type TextSource } from './text-sets';
export { describedPrompt, type TinyPromptContent, tinyPrompt, tinyPromptOptions } from './tiny-prompt';
export { plainVoice, sampleVoiceChange, type VoiceBatchOptions, type VoiceChange, voiceBatch } from './voice-batch';
export {
  type LoadVoicesOptions,
  loadVoices,
  partOfSpeaker,
  type SpeakerSplit,
  type VoiceData,
  type VoiceSet,
  type VoiceSource,
  voiceSampleRateHz,
} from './voices';
export { sourceShareOf, taskShares, taskTextWeights, WeightedDraw } from './weighted-draw';
