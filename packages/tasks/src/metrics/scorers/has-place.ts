import { type WheelMapper, wheelMapper } from '../wheels/wheel-mapper';
import type { ScoreContext } from './task-scorer';

const mappersOf = new WeakMap<ScoreContext, readonly WheelMapper[]>();

/** Whether a label has a place on one of the wheels, by the published rule. */
export function hasPlace(labels: readonly string[], context: ScoreContext): boolean {
  const { wheels, level = 'level1' } = context;
  const mappers = mappersOf.get(context) ?? wheels.wheels.map((wheel) => wheelMapper(wheels, wheel, { level }));
  mappersOf.set(context, mappers);
  return labels.some((label) => mappers.some((map) => map(label) !== undefined));
}
