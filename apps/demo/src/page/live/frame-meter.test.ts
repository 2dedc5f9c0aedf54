import { expect, it } from 'vitest';
import { FrameMeter } from './frame-meter';

it('tells rate and median times of the last two seconds', () => {
  const meter = new FrameMeter();
  expect(meter.figures()).toBeUndefined();
  meter.add({ endMs: 0, encodeMs: 900, frameMs: 1000 }); // the first is slow, and is forgotten
  expect(meter.figures()).toBeUndefined();
  for (let endMs = 1000; endMs <= 3000; endMs += 100) {
    meter.add({ endMs, encodeMs: endMs === 2000 ? 500 : 20, frameMs: endMs === 2000 ? 600 : 30 });
  }
  expect(meter.figures()).toEqual({ framesPerSecond: 10, encodeMs: 20, frameMs: 30 });
  expect(meter.count).toBe(22);
});

it('takes the middle of two', () => {
  const meter = new FrameMeter();
  meter.add({ endMs: 0, encodeMs: 10, frameMs: 20 });
  meter.add({ endMs: 50, encodeMs: 20, frameMs: 40 });
  expect(meter.figures()).toEqual({ framesPerSecond: 20, encodeMs: 15, frameMs: 30 });
});
