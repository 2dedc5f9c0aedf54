import type { ActionUnits } from './face/action-units';
import type { Occlusion } from './face/draw-face';
import type { VoiceMeasures } from './voice/voice';

/** What can be seen of the face, taken from the frames a model gets. */
export interface SeenFace {
  /** Strongest movement over the sampled frames, mean of both halves. */
  readonly units: ActionUnits;
  /** Largest downward gaze, [-1, 1]. */
  readonly gazeDown: number;
  readonly tears: number;
  readonly occlusion: Occlusion;
}

/** Evidence in plain words, each phrase true of the rendered parameters. */
export interface Clues {
  readonly face: readonly string[];
  readonly voice: readonly string[];
}

/** From here on a movement is called visible; all thresholds are on the scale of {@link ActionUnits}. */
export const visible = 0.4;

/** Phrases for what the face shows; parts that are hidden are not mentioned. */
export function describeFace(seen: SeenFace): string[] {
  if (seen.occlusion === 'dark') return ['no picture of the face'];
  if (seen.occlusion === 'full') return ['a hidden face'];
  const phrases = describeUpperFace(seen);
  if (seen.occlusion === 'none') phrases.push(...describeLowerFace(seen.units));
  else phrases.push('a mask over nose and mouth');
  if (seen.tears > 0.3) phrases.push('tears');
  return phrases.length > 0 ? phrases : ['a relaxed face'];
}

function describeUpperFace({ units, gazeDown }: SeenFace): string[] {
  const phrases: string[] = [];
  const inner = units.innerBrowRaise > visible;
  if (inner && units.outerBrowRaise > visible) phrases.push('raised brows');
  else if (inner) phrases.push(units.browLower > 0.2 ? 'inner brows drawn up and together' : 'inner brows drawn up');
  else if (units.browLower > visible) phrases.push('lowered, knitted brows');
  if (units.upperLidRaise > visible) phrases.push('wide open eyes');
  else if (units.lidTighten > visible) phrases.push('narrowed eyes');
  else if (units.lidDroop > 0.3) phrases.push('heavy eyelids');
  if (gazeDown > 0.3) phrases.push('a lowered gaze');
  return phrases;
}

function describeLowerFace(units: ActionUnits): string[] {
  const phrases: string[] = [];
  if (units.noseWrinkle > visible) phrases.push('a wrinkled nose');
  if (units.upperLipRaise > visible) phrases.push('a raised upper lip');
  if (units.lipCornerPull > visible) {
    phrases.push(units.lipsPart > visible ? 'a broad open smile' : 'a smile');
    if (units.cheekRaise > visible) phrases.push('raised cheeks');
  }
  if (units.lipCornerDepress > visible) phrases.push('mouth corners turned down');
  if (units.lipStretch > visible) phrases.push('lips stretched wide');
  if (units.lipTighten > visible || units.lipPress > visible) phrases.push('tight lips');
  if (units.jawDrop > visible && units.lipCornerPull <= visible) phrases.push('an open mouth');
  return phrases;
}

/** Phrases for how the voice sounds, from its measured pitch, melody, speed and effort. */
export function describeVoice(measures: VoiceMeasures | undefined): string[] {
  if (!measures) return ['no voice'];
  const phrases: string[] = [];
  const {
    pitchShiftSemitones: pitch,
    f0DeviationSemitones: melody,
    syllablesPerSecond: rate,
    effortDb: effort,
  } = measures;
  if (pitch > 4) phrases.push('high');
  else if (pitch > 2) phrases.push('raised');
  else if (pitch < -1) phrases.push('low');
  if (effort > 3.5) phrases.push('loud');
  else if (effort < -3) phrases.push('soft');
  if (rate > 5.2) phrases.push('fast');
  else if (rate < 3.6) phrases.push('slow');
  if (melody > 2.8) phrases.push('lively in melody');
  else if (melody < 1) phrases.push('flat in melody');
  if (measures.jitter > 0.018 && effort > 3.5) phrases.push('harsh');
  if (measures.tremorSemitones > 0.4) phrases.push('trembling');
  if (measures.breathiness > 0.38) phrases.push('breathy');
  if (measures.creak > 0.3) phrases.push('creaky');
  if (measures.finalTurnSemitones > 2) phrases.push('rising at the end');
  return phrases.length > 0 ? phrases : ['even and calm'];
}

/** "a, b and c". */
export function joinPhrases(phrases: readonly string[]): string {
  return phrases.length < 2 ? (phrases[0] ?? '') : `${phrases.slice(0, -1).join(', ')} and ${phrases.at(-1)}`;
}
