import { basename } from 'node:path';
import type { AnalysisResult } from 'nano-emox';
import type { AnalyzedClip } from '../analyze/analyzed-clip';
import type { ClipWords } from '../words/clip-words';
import type { ReportPage } from './page';
import { duration, soundLevel } from './quantities';
import { printable } from './wrap-text';

const expertNames = ['shallow', 'middle', 'deep'];

/** Which face, which scene, which voice and which words the answers rest on. */
export function writeEvidence(page: ReportPage, { result, words }: AnalyzedClip): void {
  page.heading('What the answers rest on');
  page.row('face', faceText(result));
  page.row('scene', sceneText(result));
  page.row('voice', voiceText(result));
  page.row('words', wordsText(words));
}

/** How much each depth of picture and sound counted in the fusion. */
export function writeGate(page: ReportPage, gate: AnalysisResult['gate']): void {
  if (!gate) return;
  page.heading('How picture and sound were fused');
  gate.forEach((weight, index) => {
    const name = gate.length === expertNames.length ? (expertNames[index] as string) : `expert ${index + 1}`;
    page.share(name, weight);
  });
}

function faceText({ evidence: { face, video }, modalities }: AnalysisResult): string {
  if (!video || !face) return 'not used: there is no picture';
  if (!modalities.includes('face')) return `not used: no face in any of ${face.frames} frames`;
  if (face.crops.length === 0) return `${face.frames} whole frames; faces were not looked for`;
  const score = face.score === undefined ? '' : `, detector score ${face.score.toFixed(2)}`;
  const others = Math.max(...face.crops.map(({ faceCount }) => faceCount));
  const choice = others > 1 ? `; the largest of up to ${others}` : '';
  return `found in ${face.framesWithFace} of ${face.frames} frames${score}${sizeText(face.crops)}${choice}`;
}

function sizeText(crops: NonNullable<AnalysisResult['evidence']['face']>['crops']): string {
  const sizes = crops.flatMap(({ faceFound, quality }) => (faceFound ? [quality.faceSizePx] : []));
  if (sizes.length === 0) return '';
  return `, ${Math.round(sizes.reduce((sum, size) => sum + size, 0) / sizes.length)} pixels wide`;
}

function sceneText({ evidence: { video }, modalities }: AnalysisResult): string {
  if (!video || !modalities.includes('frame')) return 'not used: there is no picture';
  const [first = 0, last = 0] = [video.timesSeconds[0], video.timesSeconds.at(-1)];
  const times = `${first.toFixed(1)} s to ${last.toFixed(1)} s`;
  return `${video.timesSeconds.length} frames of ${video.width} × ${video.height} from ${times} of ${duration(video.durationSeconds * 1000)}`;
}

function voiceText({ evidence: { voice }, modalities }: AnalysisResult): string {
  if (!voice || !modalities.includes('audio')) return 'not used: there is no sound';
  return `${duration(voice.durationSeconds * 1000)} of sound, level ${soundLevel(voice.rms)}`;
}

function wordsText({ text, source, path }: ClipWords): string {
  if (text === '') return 'none (give them with --words, or in a .txt, .srt or .vtt file beside the clip)';
  const from = {
    none: '',
    option: ' (from --words)',
    file: ` (from ${printable(basename(path ?? ''))})`,
    sidecar: ` (from ${printable(basename(path ?? ''))} beside the clip)`,
    sample: ' (they come with the sample clip)',
  }[source];
  return `“${printable(text)}”${from}`;
}
