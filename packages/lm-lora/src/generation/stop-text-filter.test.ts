import { Random } from '@nano-emox/engine';
import { describe, expect, it } from 'vitest';
import { StopTextFilter } from './stop-text-filter';

/** Text that comes out when `pieces` go in. */
function filtered(stops: readonly string[], pieces: readonly string[]): { text: string; stopped: boolean } {
  const filter = new StopTextFilter(stops);
  let text = '';
  for (const piece of pieces) {
    const result = filter.push(piece);
    text += result.text;
    if (result.stopped) return { text, stopped: true };
  }
  return { text: text + filter.flush(), stopped: false };
}

describe('StopTextFilter', () => {
  it('holds back what may begin a stop text, and releases it when it does not', () => {
    const filter = new StopTextFilter(['###']);
    expect(filter.push('one #')).toEqual({ text: 'one ', stopped: false });
    expect(filter.push('#')).toEqual({ text: '', stopped: false });
    expect(filter.push(' two')).toEqual({ text: '## two', stopped: false });
    expect(filter.push('##')).toEqual({ text: '', stopped: false });
    expect(filter.push('# three')).toEqual({ text: '', stopped: true });
  });

  it('lets the earliest of several stop texts win', () => {
    expect(filtered(['END', 'stop'], ['a stop EN', 'D'])).toEqual({ text: 'a ', stopped: true });
  });

  it('cuts at the first occurrence however the text is cut into pieces', () => {
    const random = new Random(3);
    for (let round = 0; round < 300; round++) {
      const letters = Array.from({ length: 24 }, () => random.pick(['a', 'b', '#'])).join('');
      const pieces: string[] = [];
      for (let at = 0; at < letters.length; ) {
        const length = 1 + random.integer(4);
        pieces.push(letters.slice(at, at + length));
        at += length;
      }
      const stops = ['##', 'ab#b'];
      const ends = stops.map((stop) => letters.indexOf(stop)).filter((index) => index >= 0);
      const result = filtered(stops, pieces);
      expect(result.stopped, letters).toBe(ends.length > 0);
      // Text up to the first stop text that is complete: the one that ends first, since the reader stops there.
      const firstEnd = Math.min(
        ...stops.map((stop) =>
          letters.includes(stop) ? letters.indexOf(stop) + stop.length : Number.POSITIVE_INFINITY,
        ),
      );
      if (result.stopped) expect(letters.slice(0, firstEnd).startsWith(result.text)).toBe(true);
      else expect(result.text).toBe(letters);
      for (const stop of stops) if (result.stopped) expect(result.text).not.toContain(stop);
    }
  });
});
