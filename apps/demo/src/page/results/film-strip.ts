import type { ClipEvidence, FaceEvidence } from 'nano-emox';
import { h, svg } from '../dom';
import { percent, seconds } from '../format';

/** Marks the frame of a moment, and that one alone; none for `undefined`. */
export function markFrame(strip: HTMLElement, frame: number | undefined): void {
  for (const [index, item] of [...strip.children].entries()) item.classList.toggle('marked', index === frame);
}

/** Writes what a frame alone comes across as below it. */
export function nameFrame(strip: HTMLElement, frame: number, emotion: string): void {
  const item = strip.children[frame];
  if (item && !item.querySelector('.film-emotion')) item.append(h('p', { class: 'film-emotion' }, emotion));
}

/** The frames that were read, in their order in time, with the box of each face and how sure the detector was of it. */
export function filmStrip(evidence: ClipEvidence, frames: readonly string[]): HTMLElement | undefined {
  const { video, face } = evidence;
  if (!video || frames.length === 0) return undefined;
  return h(
    'ol',
    { class: 'film', 'aria-label': 'Frames in the order of time' },
    ...frames.map((source, index) => frame(source, index, video, face?.crops[index])),
  );
}

function frame(
  source: string,
  index: number,
  { timesSeconds, width, height }: NonNullable<ClipEvidence['video']>,
  crop: FaceEvidence['crops'][number] | undefined,
): HTMLElement {
  const time = seconds(timesSeconds[index] ?? 0);
  const score = crop?.faceFound ? crop.score : undefined;
  const face = score === undefined ? (crop ? 'no face' : '') : `face ${percent(score)}`;
  const picture = h(
    'div',
    { class: 'film-picture' },
    h('img', { src: source, alt: `Frame at ${time}${face === '' ? '' : `, ${face}`}`, width, height }),
    crop?.boxPx ? box(crop.boxPx, width, height) : undefined,
  );
  return h(
    'li',
    {},
    picture,
    h('div', { class: 'film-score', 'aria-hidden': 'true' }, bar(score ?? 0)),
    h('p', { class: 'film-caption', 'aria-hidden': 'true' }, h('span', {}, time), ' ', h('span', {}, face)),
  );
}

function box(px: { x: number; y: number; width: number; height: number }, width: number, height: number): SVGElement {
  return svg(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', class: 'film-box', 'aria-hidden': 'true' },
    svg('rect', { ...px, rx: 4 }),
  );
}

function bar(share: number): HTMLElement {
  const filled = h('span');
  filled.style.width = `${share * 100}%`;
  return filled;
}
