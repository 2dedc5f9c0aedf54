import { describe, expect, it } from 'vitest';
import { Random } from '../random';
import { type ActionUnits, actionUnits } from './action-units';
import { mouthShape } from './draw-mouth';
import { type Articulation, type FaceState, silentMouth } from './face-state';
import { sampleIdentity } from './identity';

const person = sampleIdentity(new Random('mouth'));

function shape(units: Partial<ActionUnits>, articulation: Articulation = silentMouth) {
  const both = actionUnits(units);
  const state: FaceState = {
    left: both,
    right: both,
    gaze: [0, 0],
    yaw: 0,
    pitch: 0,
    roll: 0,
    articulation,
    tears: 0,
    flush: 0,
  };
  return mouthShape(person, state);
}

describe('mouthShape', () => {
  const rest = shape({});

  it('moves the corners up and out in a smile, down in sadness', () => {
    const smile = shape({ lipCornerPull: 1 });
    expect(smile.upperInner[0]![1]).toBeLessThan(rest.upperInner[0]![1] - 0.1);
    expect(smile.upperInner[0]![0]).toBeLessThan(rest.upperInner[0]![0] - 0.05);
    expect(shape({ lipCornerDepress: 1 }).upperInner[0]![1]).toBeGreaterThan(rest.upperInner[0]![1] + 0.1);
  });

  it('opens with the jaw and with vowels, and shuts for p, b and m', () => {
    const open = shape({ jawDrop: 1, lipsPart: 1 });
    expect(rest.gap).toBe(0);
    expect(open.gap).toBeGreaterThan(0.25);
    expect(open.chinDrop).toBeGreaterThan(0.2);
    expect(shape({}, { ...silentMouth, open: 1 }).gap).toBeGreaterThan(0.1);
    expect(shape({ jawDrop: 1, lipsPart: 1 }, { ...silentMouth, closed: 1 }).gap).toBe(0);
  });

  it('is narrow for rounded vowels and thin when pressed', () => {
    const thickness = (mouth: typeof rest) => mouth.lowerOuter[5]![1] - mouth.lowerInner[5]![1];
    expect(shape({}, { ...silentMouth, round: 1 }).upperInner[0]![0]).toBeGreaterThan(rest.upperInner[0]![0] + 0.08);
    expect(thickness(shape({ lipPress: 1 }))).toBeLessThan(thickness(rest) * 0.6);
  });

  it('never lets the lips cross', () => {
    const random = new Random('lips');
    for (let trial = 0; trial < 300; trial += 1) {
      const units = actionUnits();
      for (const name of Object.keys(units) as (keyof ActionUnits)[]) units[name] = random.next();
      const mouth = shape(units, {
        open: random.next(),
        round: random.next(),
        spread: random.next(),
        closed: random.next(),
      });
      for (const [index, [, upper]] of mouth.upperInner.entries())
        expect(mouth.lowerInner[index]![1]).toBeGreaterThanOrEqual(upper);
    }
  });
});
