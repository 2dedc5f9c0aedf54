import { svg } from '../dom';
import { signed } from '../format';
import { type LikenessPoint, TRACE_SECONDS } from './likeness';

/** Half the height of the bars' drawing, and the height of the trace's, in its own units. */
const HEIGHT = 50;

/** One bar per feature, up or down; the largest so far fills the height. */
export class FeatureBars {
  private readonly path = svg('path', { class: 'plot-bars' });
  readonly element = svg(
    'svg',
    { class: 'plot', role: 'img', 'aria-label': 'No features yet', preserveAspectRatio: 'none' },
    svg('line', { class: 'plot-axis', x1: 0, x2: '100%', y1: 0, y2: 0 }),
    this.path,
  );
  private largest = 0;

  show(features: Float32Array): void {
    for (const value of features) this.largest = Math.max(this.largest, Math.abs(value));
    const unit = this.largest === 0 ? 0 : HEIGHT / this.largest;
    this.element.setAttribute('viewBox', `0 ${-HEIGHT} ${features.length} ${2 * HEIGHT}`);
    this.path.setAttribute('d', Array.from(features, (v, at) => `M${at + 0.5} 0v${(-v * unit).toFixed(2)}`).join(''));
  }

  describe(features: Float32Array): void {
    const [least, most] = [Math.min(...features), Math.max(...features)];
    const label = `${features.length} features between ${signed(least)} and ${signed(most)}`;
    this.element.setAttribute('aria-label', label);
  }
}

/** Likeness over the last seconds, newest at the right; the axis reaches down to a round number below what was seen. */
export class LikenessChart {
  private readonly path = svg('path', { class: 'plot-line' });
  readonly element = svg(
    'svg',
    {
      class: 'plot plot-framed',
      role: 'img',
      'aria-label': 'No likeness yet',
      preserveAspectRatio: 'none',
      viewBox: `0 0 ${TRACE_SECONDS} ${HEIGHT}`,
    },
    this.path,
  );

  /** @returns the lower end of the axis; the upper is 1 */
  show(points: readonly LikenessPoint[]): number {
    const floor = lowerEnd(points);
    const nowMs = points.at(-1)?.atMs ?? 0;
    const line = points.map(({ atMs, likeness }) => {
      const x = TRACE_SECONDS - (nowMs - atMs) / 1000;
      return `${x.toFixed(3)} ${(((1 - likeness) / (1 - floor)) * HEIGHT).toFixed(2)}`;
    });
    this.path.setAttribute('d', line.length === 0 ? '' : `M${line.join('L')}`);
    return floor;
  }

  describe(points: readonly LikenessPoint[]): void {
    const latest = points.at(-1);
    if (!latest) return;
    const least = Math.min(...points.map(({ likeness }) => likeness));
    const text = `Likeness ${signed(latest.likeness)}, at least ${signed(least)} in the last ${TRACE_SECONDS} seconds`;
    this.element.setAttribute('aria-label', text);
  }
}

/** The tenth below everything seen, so that the trace neither leaves its frame nor lies flat on its edge. */
function lowerEnd(points: readonly LikenessPoint[]): number {
  const least = Math.min(0.9, ...points.map(({ likeness }) => likeness));
  return Math.max(-1, Math.floor(least * 10) / 10);
}
