import { svg } from '../dom';
import { signed } from '../format';

const HALF_WIDTH = 140;

/** Valence in [-1, 1] as a mark on a scale. */
export function valenceMeter(valence: number): SVGSVGElement {
  const x = Math.max(-1, Math.min(1, valence)) * HALF_WIDTH;
  const ticks = [-1, -0.5, 0, 0.5, 1];
  return svg(
    'svg',
    {
      viewBox: `${-HALF_WIDTH - 12} -22 ${2 * HALF_WIDTH + 24} 46`,
      class: 'meter',
      role: 'img',
      'aria-label': `Valence ${signed(valence)} on a scale from −1 to +1`,
    },
    svg('line', { x1: -HALF_WIDTH, x2: HALF_WIDTH, class: 'meter-scale' }),
    ...ticks.map((tick) => {
      const at = tick * HALF_WIDTH;
      return svg('line', { x1: at, x2: at, y1: -4, y2: 4, class: 'meter-scale' });
    }),
    svg('line', { x1: 0, x2: x, class: 'meter-reach' }),
    svg('circle', { cx: x, r: 8, class: 'meter-mark' }),
    ...[-1, 0, 1].map((tick) =>
      svg(
        'text',
        { x: tick * HALF_WIDTH, y: 20, 'text-anchor': ['start', 'middle', 'end'][tick + 1] },
        ['−1', '0', '+1'][tick + 1],
      ),
    ),
  );
}
