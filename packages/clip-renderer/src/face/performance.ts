import { clamp, smoothStep } from '../numbers';
import type { Random } from '../random';
import { articulationAt, type SpeechPlan } from '../voice/speech-plan';
import { type ActionUnits, actionUnitNames, actionUnits } from './action-units';
import type { Expression } from './expression';
import { type Articulation, type FaceState, silentMouth, splitAsymmetric } from './face-state';

interface Wave {
  readonly hertz: number;
  readonly phase: number;
  readonly amplitude: number;
}

/**
 * A face acting over time: the expression rises, holds and fades; every muscle has a delay of its own; the mouth follows the
 * voice; eyes blink; the head sways and nods with the stresses of speech.
 */
export class Performance {
  readonly #onset: { start: number; rise: number; floor: number };
  readonly #offset: { start: number; fall: number; floor: number };
  readonly #delays: ActionUnits;
  readonly #blinks: readonly number[];
  readonly #sway: { yaw: Wave[]; pitch: Wave[]; roll: Wave[]; strength: Wave[] };

  constructor(
    private readonly expression: Expression,
    private readonly speech: SpeechPlan | undefined,
    readonly durationSeconds: number,
    private readonly flush: number,
    random: Random,
  ) {
    this.#onset = {
      start: random.uniform(-0.35, 0.15),
      rise: random.uniform(0.25, 0.6),
      floor: random.uniform(0, 0.5),
    };
    const fall = random.uniform(0.3, 0.8);
    this.#offset = { start: durationSeconds - fall * random.uniform(0.1, 1), fall, floor: random.uniform(0.35, 0.9) };
    this.#delays = actionUnits();
    for (const name of actionUnitNames) this.#delays[name] = random.uniform(-0.06, 0.1);
    this.#blinks = sampleBlinks(durationSeconds, random);
    const wave = (amplitude: number): Wave => ({
      hertz: random.uniform(0.15, 0.9),
      phase: random.uniform(0, 6.28),
      amplitude: amplitude * random.uniform(0.5, 1),
    });
    const waves = (amplitude: number): Wave[] => [wave(amplitude), wave(amplitude * 0.6)];
    this.#sway = { yaw: waves(0.035), pitch: waves(0.02), roll: waves(0.022), strength: waves(0.05) };
  }

  /** The face at `timeSeconds` in [0, duration]. */
  stateAt(timeSeconds: number): FaceState {
    const { expression } = this;
    const articulation = this.speech ? articulationAt(this.speech, timeSeconds) : silentMouth;
    const units = actionUnits();
    const flicker = 1 + sum(this.#sway.strength, timeSeconds);
    for (const name of actionUnitNames) {
      units[name] = clamp(expression.units[name] * this.#envelope(timeSeconds - this.#delays[name]) * flicker);
    }
    yieldToSpeech(units, articulation);
    units.eyesClosed = Math.max(units.eyesClosed, this.#blinkAt(timeSeconds));
    const strength = this.#envelope(timeSeconds);
    const lively = expression.liveliness;
    return {
      ...splitAsymmetric(units, expression.upperAsymmetry, expression.lowerAsymmetry),
      gaze: [expression.gaze[0], expression.gaze[1] + 0.25 * units.eyesClosed],
      yaw: expression.head.yaw * strength + lively * sum(this.#sway.yaw, timeSeconds),
      pitch:
        expression.head.pitch * strength + lively * (sum(this.#sway.pitch, timeSeconds) + this.#nodAt(timeSeconds)),
      roll: expression.head.roll * strength + lively * sum(this.#sway.roll, timeSeconds),
      articulation,
      tears: expression.tears,
      flush: this.flush * strength,
    };
  }

  #envelope(timeSeconds: number): number {
    const { start, rise, floor } = this.#onset;
    const rising = floor + (1 - floor) * smoothStep(start, start + rise, timeSeconds);
    const { start: end, fall, floor: rest } = this.#offset;
    return rising * (1 - (1 - rest) * smoothStep(end, end + fall, timeSeconds));
  }

  #blinkAt(timeSeconds: number): number {
    let closed = 0;
    for (const blink of this.#blinks) {
      const distance = Math.abs(timeSeconds - blink);
      if (distance < 0.1) closed = Math.max(closed, 1 - smoothStep(0.03, 0.1, distance));
    }
    return closed;
  }

  #nodAt(timeSeconds: number): number {
    let nod = 0;
    for (const accent of this.speech?.accentsSeconds ?? [])
      nod += 0.03 * Math.exp(-0.5 * ((timeSeconds - accent) / 0.11) ** 2);
    return nod;
  }
}

/** Lips that speak cannot stay pressed or hang open by the expression alone; the expression keeps the corners. */
function yieldToSpeech(units: ActionUnits, articulation: Articulation): void {
  const busy = Math.max(articulation.open, articulation.round, articulation.closed);
  for (const name of ['lipPress', 'lipTighten', 'chinRaise'] as const) units[name] *= 1 - 0.65 * articulation.open;
  for (const name of ['jawDrop', 'lipsPart'] as const) units[name] *= 1 - 0.55 * articulation.closed;
  units.jawDrop *= 1 - 0.25 * busy;
}

/** About one blink in three seconds, as people do when they talk. */
function sampleBlinks(durationSeconds: number, random: Random): number[] {
  const blinks: number[] = [];
  let time = random.uniform(0.3, 3);
  while (time < durationSeconds) {
    blinks.push(time);
    time += 0.5 - Math.log(1 - random.next()) * 2.6;
  }
  return blinks;
}

function sum(waves: readonly Wave[], timeSeconds: number): number {
  return waves.reduce(
    (total, { hertz, phase, amplitude }) => total + amplitude * Math.sin(2 * Math.PI * hertz * timeSeconds + phase),
    0,
  );
}
