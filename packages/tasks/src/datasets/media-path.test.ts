import { relative, resolve, sep } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinInside } from './media-path';

it.each(['../a.wav', 'a/../../b', 'a\\..\\b', '/etc/passwd', 'C:\\x', 'c:x', '\\\\host\\share', '', ' ', 'a\0b', '..'])(
  'refuses %j',
  (path) => {
    expect(joinInside('/data', path)).toBeUndefined();
  },
);

it('keeps names with dots that are no way up', () => {
  expect(joinInside('/data', 'a..b/..c/clip...mp4')).toBe(['', 'data', 'a..b', '..c', 'clip...mp4'].join(sep));
});

it('never leaves the root, whatever the name', () => {
  const part = fc.oneof(fc.constantFrom('..', '.', '/', '\\', 'a', '\0', 'c:'), fc.string());
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const joined = joinInside('/data/set', parts.join('/'));
      if (joined === undefined) return;
      const way = relative('/data/set', resolve(joined));
      expect(way === '..' || way.startsWith(`..${sep}`)).toBe(false);
    }),
  );
});
