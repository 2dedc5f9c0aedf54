import type { AnalysisResult, ClipEvidence } from 'nano-emox';
import { h } from '../dom';
import { percent, seconds } from '../format';

/** What the clip offered, in words: scene, face, voice and words. */
export function evidenceFacts({ video, face, voice }: ClipEvidence, words: string): HTMLElement {
  const level = voice && (voice.rms > 0 ? `${(20 * Math.log10(voice.rms)).toFixed(0).replace('-', '−')} dB` : 'silent');
  const rows: readonly (readonly [string, string])[] = [
    ['Scene', video ? `${video.width} × ${video.height}, ${seconds(video.durationSeconds)}` : 'no picture'],
    ['Face', faceText(face)],
    ['Voice', voice ? `${seconds(voice.durationSeconds)}, ${level}` : 'no sound'],
    ['Words', words === '' ? 'none given' : `“${words}”`],
  ];
  return h('dl', { class: 'facts' }, ...rows.map(([name, text]) => h('div', {}, h('dt', {}, name), h('dd', {}, text))));
}

function faceText(face: ClipEvidence['face']): string {
  if (!face) return 'no picture';
  if (face.framesWithFace === 0) return `in none of ${face.frames} frames`;
  const certainty = face.score === undefined ? '' : `, ${percent(face.score)} sure`;
  const others = Math.max(0, ...face.crops.map(({ faceCount }) => faceCount));
  return `in ${face.framesWithFace} of ${face.frames} frames${certainty}${others > 1 ? `; the largest of ${others}` : ''}`;
}

const modalityNames: Readonly<Record<string, string>> = {
  frame: 'scene',
  face: 'face',
  audio: 'voice',
  multi: 'picture and sound fused',
};

/** Which inputs the language model read. */
export function modalityText(modalities: AnalysisResult['modalities'], words: string): string {
  const read = [
    ...modalities.map((modality) => modalityNames[modality] ?? modality),
    ...(words === '' ? [] : ['words']),
  ];
  return `The answers rest on: ${read.join(', ')}.`;
}
