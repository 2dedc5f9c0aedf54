import { expect, it } from 'vitest';
import { formatDuration, formatNumber } from './format';

it.each([
  [0, '0'],
  [0.123456, '0.1235'],
  [-12.5, '-12.50'],
  [3e-5, '3.00e-5'],
  [1234.56, '1,235'],
  [300_000, '300,000'],
  [1.23e9 + 0.5, '1.23e+9'],
  [Number.NaN, 'not a number'],
])('the number %d is written %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

it.each([
  [0, '0.0 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min 00 s'],
  [200_000, '3 min 20 s'],
  [3_599_600, '1 h 00 min'],
  [7_500_000, '2 h 05 min'],
  [200_000_000, '2 d 07 h'],
  [Number.POSITIVE_INFINITY, 'unknown'],
])('%d ms are %s', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});
