import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import { type ClipOptions, checkOptions, type Evidence } from './clip-options';
import { type Clues, describeFace, describeVoice, joinPhrases } from './clues';
import { type Emotion, emotions } from './emotion';
import { type ActionUnits, actionUnitNames, actionUnits } from './face/action-units';
import { drawFace, type Occlusion } from './face/draw-face';
import { sampleExpression } from './face/expression';
import type { FaceState } from './face/face-state';
import { type Identity, sampleIdentity } from './face/identity';
import { Performance } from './face/performance';
import { type Framing, type Setting, sampleSetting } from './face/setting';
import { sampledFrameTimes } from './frame-sampling';
import { Random } from './random';
import type { Canvas } from './raster/canvas';
import { type Script, sampleScript } from './script/sample-script';
import { sampleProsody } from './voice/prosody';
import { record, sampleRecording } from './voice/recording';
import { sampleSpeaker } from './voice/speaker';
import { sampleRateHz } from './voice/synthesise';
import { sampleBurst, wordsToSounds } from './voice/utterance';
import { type RenderedVoice, renderVoice, type VoiceMeasures } from './voice/voice';

/** Numbers the clip was rendered with, and those measured on it. */
export interface ClipParameters {
  readonly person: Identity;
  readonly setting: Setting;
  readonly occlusion: Occlusion;
  /** Strongest movements over the eight frames a model sees, mean of both halves of the face. */
  readonly seenUnits: ActionUnits;
  /** Absent in a silent clip. */
  readonly voice?: VoiceMeasures;
}

/** Size of one frame in pixels: square, or width and height. */
export type FrameSize = { readonly size: number } | { readonly width: number; readonly height: number };

/** A clip: sound and truth are ready, frames are drawn when asked for. Holds plain memory only, nothing to dispose. */
export interface RenderedClip {
  readonly emotion: Emotion;
  readonly intensity: number;
  readonly evidence: Evidence;
  readonly script: Script;
  readonly clues: Clues;
  /** Why one would name this emotion: two or three sentences, true of the clip. */
  readonly reasoning: string;
  readonly parameters: ClipParameters;
  readonly durationSeconds: number;
  /** Mono in (-1, 1) at {@link sampleRateHz}; as long as the picture. */
  readonly samples: Float32Array;
  readonly sampleRateHz: number;
  /** The face's movements at a time, for checks and animation. */
  stateAt(timeSeconds: number): FaceState;
  /** uint8 RGB, channels first: `[3, height, width]`. @throws InvalidArgumentError outside the clip or for a bad size */
  frameAt(timeSeconds: number, size: FrameSize): Uint8Array;
  /** uint8 RGB, interleaved: `[height, width, 3]`, as video writers take it. */
  rgb24At(timeSeconds: number, size: FrameSize): Uint8Array;
}

/**
 * Renders a paired clip: an acted face, a synthetic voice and words of one emotion, the same for the same options on every
 * machine.
 * @throws InvalidArgumentError for options outside their ranges or a clip in which nothing shows the emotion
 * @example
 * const clip = renderClip({ seed: 7, emotion: 'surprise', intensity: 0.9 });
 * clip.frameAt(1.2, { size: 112 }); // Uint8Array(37632), [3, 112, 112]
 */
export function renderClip(options: ClipOptions): RenderedClip {
  checkOptions(options);
  const random = new Random(options.seed);
  const draw = random.fork('clip');
  const emotion = options.emotion ?? draw.pick(emotions);
  const intensity = options.intensity ?? draw.uniform(0.45, 1);
  const { face = 'matching', voice = 'matching', roughness = 1 } = options;
  const words = voice === 'silent' ? 'none' : (options.words ?? 'matching');
  const evidence: Evidence = { face: face === 'matching', voice: voice === 'matching', words: words === 'matching' };

  const person = sampleIdentity(random.fork('person'));
  const script = silentAware(sampleScript(emotion, random.fork('script'), { intensity, words }), voice === 'silent');
  const spoken = speak(
    script,
    evidence.voice ? emotion : 'neutral',
    intensity,
    person,
    voice === 'silent',
    roughness,
    random,
  );
  const durationSeconds = spoken.samples.length / sampleRateHz;

  const framing = options.framing ?? draw.weighted<Framing>({ crop: 5, portrait: 4, wide: 1 });
  const setting = sampleSetting(random.fork('setting'), framing, options.grayscale ?? draw.chance(1 / 7), roughness);
  const occlusion = options.occlusion ?? (face === 'occluded' ? draw.pick(['full', 'dark'] as const) : 'none');
  const shown = evidence.face ? emotion : 'neutral';
  const expression = sampleExpression(shown, intensity, random.fork('expression'));
  const performance = new Performance(
    expression,
    spoken.voice?.plan,
    durationSeconds,
    flushOf(shown) * intensity,
    random.fork('performance'),
  );

  const states = sampledFrameTimes(durationSeconds).map((time) => performance.stateAt(time));
  const seenUnits = strongestUnits(states);
  const clues: Clues = {
    face: describeFace({
      units: seenUnits,
      gazeDown: Math.max(...states.map((state) => openGaze(state))),
      tears: expression.tears,
      occlusion,
    }),
    voice: describeVoice(spoken.voice?.measures),
  };
  const drawAt = (timeSeconds: number, size: FrameSize): Canvas => {
    const { width, height } = checkedSize(size);
    if (!(timeSeconds >= 0 && timeSeconds <= durationSeconds)) {
      throw new InvalidArgumentError({
        argument: 'timeSeconds',
        message: `frameAt: ${timeSeconds} s is outside the clip of ${durationSeconds.toFixed(2)} s`,
        hint: 'Ask for a time between 0 and durationSeconds.',
      });
    }
    const noiseSeed = `${options.seed}/noise/${timeSeconds.toFixed(4)}`;
    return drawFace({ person, setting, state: performance.stateAt(timeSeconds), occlusion, noiseSeed }, width, height);
  };
  return {
    emotion,
    intensity,
    evidence,
    script,
    clues,
    reasoning: explain(clues, script, evidence),
    parameters: { person, setting, occlusion, seenUnits, ...(spoken.voice && { voice: spoken.voice.measures }) },
    durationSeconds,
    samples: spoken.samples,
    sampleRateHz,
    stateAt: (timeSeconds) => performance.stateAt(timeSeconds),
    frameAt: (timeSeconds, size) => drawAt(timeSeconds, size).toBytes('chw'),
    rgb24At: (timeSeconds, size) => drawAt(timeSeconds, size).toBytes('hwc'),
  };
}

interface Spoken {
  readonly samples: Float32Array;
  readonly voice?: RenderedVoice;
}

function speak(
  script: Script,
  emotion: Emotion,
  intensity: number,
  person: Identity,
  silent: boolean,
  roughness: number,
  random: Random,
): Spoken {
  const timing = random.fork('timing');
  const recording = sampleRecording(random.fork('recording'), roughness);
  if (silent) {
    const quiet = new Float32Array(Math.round(timing.uniform(2, 4) * sampleRateHz));
    return { samples: record(quiet, recording, random.fork('room')) };
  }
  const sounds = script.text === '' ? sampleBurst(emotion, random.fork('burst')) : wordsToSounds(script.text);
  const voice = renderVoice(
    {
      sounds,
      speaker: sampleSpeaker(person, random.fork('speaker')),
      prosody: sampleProsody(emotion, intensity, random.fork('prosody')),
      recording,
      leadSeconds: timing.uniform(0.12, 0.4),
      tailSeconds: timing.uniform(0.2, 0.5),
    },
    random.fork('voice'),
  );
  return { samples: voice.samples, voice };
}

function silentAware(script: Script, silent: boolean): Script {
  return silent ? { ...script, eventScenario: 'The speaker says nothing.' } : script;
}

/** Blood in the face: anger and joy redden, fear pales. */
function flushOf(emotion: Emotion): number {
  return { anger: 0.8, happy: 0.25, fear: -0.7, disgust: -0.1, sad: 0.1, surprise: 0, neutral: 0 }[emotion];
}

function strongestUnits(states: readonly FaceState[]): ActionUnits {
  const units = actionUnits();
  for (const name of actionUnitNames)
    units[name] = Math.max(...states.map(({ left, right }) => (left[name] + right[name]) / 2));
  return units;
}

/** Downward gaze of open eyes; a blink is not a look. */
function openGaze({ gaze, left }: FaceState): number {
  return left.eyesClosed > 0.3 ? -1 : gaze[1];
}

/** Sentences built from the clues alone, so they cannot say more than the clip shows. */
function explain(clues: Clues, script: Script, evidence: Evidence): string {
  const face = `The picture shows ${joinPhrases(clues.face)}.`;
  const voice = clues.voice[0] === 'no voice' ? 'There is no voice.' : `The voice is ${joinPhrases(clues.voice)}.`;
  const said =
    script.text === ''
      ? ''
      : evidence.words
        ? ` ${script.eventScenario}`
        : ` The words alone are neutral: ${script.eventScenario.charAt(0).toLowerCase()}${script.eventScenario.slice(1)}`;
  const feeling =
    script.emotionWords.length > 1 ? `${script.emotionWords[0]} and ${script.emotionWords[1]}` : script.emotionWords[0];
  return `${face} ${voice}${said} So the speaker seems ${feeling}.`;
}

/** Largest side accepted; a frame of that size takes seconds and 150 MB. */
const maximumSidePx = 2048;

function checkedSize(size: FrameSize): { width: number; height: number } {
  const { width, height } = 'size' in size ? { width: size.size, height: size.size } : size;
  const valid = (side: number) => Number.isInteger(side) && side >= 16 && side <= maximumSidePx;
  if (!valid(width) || !valid(height)) {
    throw new InvalidArgumentError({
      argument: 'size',
      message: `frameAt: ${width} × ${height} is not a frame size`,
      hint: `Give whole numbers of pixels from 16 to ${maximumSidePx}.`,
    });
  }
  return { width, height };
}
