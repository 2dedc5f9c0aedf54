import { h, svg } from '../dom';
import { listed } from '../format';
import { type Family, families, placeOf, type WheelPlace } from './wheel-words';

const RING = 92;
const SECTOR = (2 * Math.PI) / families.length;
const RADIUS_BY_STRENGTH = [38, 60, 82] as const;

/** Words on a wheel of eight families, the strong ones further out; below it the same words as text. */
export function emotionWheel(words: readonly string[]): HTMLElement {
  const placed = words.flatMap((word) => {
    const place = placeOf(word);
    return place ? [{ word, ...place }] : [];
  });
  const elsewhere = words.filter((word) => placeOf(word) === undefined);
  const used = new Set(placed.map(({ family }) => family));
  const picture = svg(
    'svg',
    { viewBox: '-150 -128 300 256', class: 'wheel', role: 'img', 'aria-label': wheelText(placed, elsewhere) },
    ...families.map((family, index) => sector(family, index, used.has(family))),
    ...RADIUS_BY_STRENGTH.map((r) => svg('circle', { r, class: 'wheel-circle' })),
    ...dots(placed),
  );
  return h(
    'div',
    { class: 'wheel-box' },
    picture,
    h('ul', { class: 'words' }, ...words.map((word) => h('li', {}, word))),
    elsewhere.length > 0 ? h('p', { class: 'note' }, `Not on the wheel: ${listed(elsewhere)}.`) : undefined,
  );
}

function wheelText(placed: readonly ({ word: string } & WheelPlace)[], elsewhere: readonly string[]): string {
  const parts = placed.map(({ word, family }) => `${word} in the family of ${family}`);
  const rest = elsewhere.length > 0 ? `; not on it: ${listed(elsewhere)}` : '';
  return `Wheel of emotions: ${listed(parts) || 'no word'}${rest}`;
}

function sector(family: Family, index: number, isUsed: boolean): SVGGElement {
  const middle = angleOf(index);
  const [from, to] = [middle - SECTOR / 2 + 0.02, middle + SECTOR / 2 - 0.02];
  const [labelX, labelY] = point(middle, RING + 12);
  const anchor = Math.abs(labelX) < 12 ? 'middle' : labelX > 0 ? 'start' : 'end';
  return svg(
    'g',
    { class: isUsed ? 'wheel-sector used' : 'wheel-sector' },
    svg('path', { d: `M0 0L${point(from, RING)}A${RING} ${RING} 0 0 1 ${point(to, RING)}Z` }),
    svg('text', { x: labelX, y: labelY + 4, 'text-anchor': anchor }, family),
  );
}

/** Words of one family and strength stand side by side. */
function dots(placed: readonly ({ word: string } & WheelPlace)[]): SVGElement[] {
  return placed.map(({ family, strength }, index) => {
    const siblings = placed.filter((other) => other.family === family && other.strength === strength);
    const place = siblings.indexOf(placed[index] as (typeof siblings)[number]);
    const spread = (place - (siblings.length - 1) / 2) * 0.22;
    const [cx, cy] = point(angleOf(families.indexOf(family)) + spread, RADIUS_BY_STRENGTH[strength]);
    return svg('circle', { cx, cy, r: index === 0 ? 7 : 5, class: 'wheel-dot' });
  });
}

/** Clockwise from the top. */
function angleOf(index: number): number {
  return index * SECTOR - Math.PI / 2;
}

function point(angle: number, radius: number): [x: number, y: number] {
  return [round(Math.cos(angle) * radius), round(Math.sin(angle) * radius)];
}

const round = (value: number) => Math.round(value * 100) / 100;
