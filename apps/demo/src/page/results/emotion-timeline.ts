import type { EmotionMoment } from 'nano-emox';
import { h, svg } from '../dom';
import { listed, percent } from '../format';

const WIDTH = 320;
/** Room for the names of the emotions. */
const LEFT = 62;
const ROW_HEIGHT = 20;
const BAR_HEIGHT = 16;
/** Emotions that are named to a moment that was chosen. */
const NAMED = 3;

/**
 * The emotion along the clip: a row for each emotion, a bar for each moment as high as its probability, the likeliest in colour. A slider
 * goes from moment to moment; all numbers are in a table below.
 */
export class EmotionTimeline {
  private readonly chart = h('div', { class: 'moments-place' });
  private readonly slider = h('input', {
    type: 'range',
    id: 'moment',
    min: 0,
    max: 0,
    value: 0,
    disabled: true,
    'aria-describedby': 'moments-note',
  });
  private readonly chosen = h('p', { class: 'note', 'data-report': 'no' }, 'Comes after the six answers.');
  private readonly table = h('div', { class: 'moments-table', role: 'region', tabindex: 0, 'aria-label': 'Numbers' });
  private readonly moments: EmotionMoment[] = [];
  readonly element = h(
    'section',
    { class: 'moments', 'aria-label': 'The emotion along the clip' },
    h('h3', {}, 'The emotion along the clip'),
    h(
      'p',
      { class: 'note', id: 'moments-note' },
      'Each moment by itself: its frame, its face, its sound, no words. It may differ from the answer on the whole clip.',
    ),
    this.chart,
    h('label', { for: 'moment', class: 'note', 'data-report': 'no' }, 'Moment'),
    h('div', { 'data-report': 'no' }, this.slider),
    this.chosen,
    h('details', {}, h('summary', { class: 'note' }, 'All numbers as a table'), this.table),
  );

  /** @param onChoose told which moment the slider stands on */
  constructor(private readonly onChoose: (moment: EmotionMoment) => void) {
    this.slider.addEventListener('input', () => this.choose());
  }

  /** The next moment. */
  add(moment: EmotionMoment): void {
    this.moments.push(moment);
    this.slider.disabled = false;
    this.slider.max = String(this.moments.length - 1);
    this.table.replaceChildren(momentTable(this.moments));
    this.choose();
  }

  private choose(): void {
    const index = Number(this.slider.value);
    const moment = this.moments[index] as EmotionMoment;
    const text = `${timeOf(moment)}: ${likeliest(moment)}`;
    this.slider.setAttribute('aria-valuetext', text);
    this.chosen.textContent = text;
    this.chart.replaceChildren(momentChart(this.moments, index));
    this.onChoose(moment);
  }
}

function momentChart(moments: readonly EmotionMoment[], chosen: number): SVGSVGElement {
  const labels = labelsOf(moments);
  const endSeconds = moments.at(-1)?.endSeconds ?? 0;
  const height = labels.length * ROW_HEIGHT;
  const x = (seconds: number) => round(LEFT + (seconds / endSeconds) * (WIDTH - LEFT));
  const mark = moments[chosen] as EmotionMoment;
  return svg(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${height + 16}`, class: 'moments-chart', role: 'img', 'aria-label': chartText(moments) },
    svg('rect', {
      class: 'moments-mark',
      x: x(mark.startSeconds),
      width: round(x(mark.endSeconds) - x(mark.startSeconds)),
      y: 0,
      height,
    }),
    ...labels.flatMap((label, row) => {
      const base = (row + 1) * ROW_HEIGHT;
      return [
        svg('text', { x: 0, y: base - 4 }, label),
        svg('line', { x1: LEFT, x2: WIDTH, y1: base, y2: base }),
        ...moments.map((moment) => bar(moment, label, base, x)),
      ];
    }),
    svg('text', { x: LEFT, y: height + 12 }, '0 s'),
    svg('text', { x: WIDTH, y: height + 12, 'text-anchor': 'end' }, `${endSeconds.toFixed(1)} s`),
  );
}

function bar(moment: EmotionMoment, label: string, base: number, x: (seconds: number) => number): SVGRectElement {
  const height = round((moment.probabilities[label] ?? 0) * BAR_HEIGHT);
  return svg('rect', {
    class: moment.emotion === label ? 'likeliest' : undefined,
    x: x(moment.startSeconds) + 1,
    width: Math.max(1, round(x(moment.endSeconds) - x(moment.startSeconds) - 2)),
    y: round(base - height),
    height,
  });
}

function momentTable(moments: readonly EmotionMoment[]): HTMLTableElement {
  const labels = labelsOf(moments);
  const head = ['Moment', 'Emotion', ...labels].map((text) => h('th', { scope: 'col' }, text));
  const rows = moments.map((moment) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, timeOf(moment)),
      h('td', {}, moment.emotion),
      ...labels.map((label) => h('td', {}, percent(moment.probabilities[label] ?? 0))),
    ),
  );
  return h('table', {}, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows));
}

/** The emotions in their order, a run of equal ones said once. */
function chartText(moments: readonly EmotionMoment[]): string {
  const changes = moments.filter(({ emotion }, index) => emotion !== moments[index - 1]?.emotion);
  const parts = changes.map(({ emotion, startSeconds }) => `${emotion} from ${startSeconds.toFixed(1)} s`);
  return `Likeliest emotion along the clip: ${listed(parts)}`;
}

function likeliest({ probabilities }: EmotionMoment): string {
  const sorted = Object.entries(probabilities).sort(([, a], [, b]) => b - a);
  return sorted
    .slice(0, NAMED)
    .map(([label, share]) => `${label} ${percent(share)}`)
    .join(', ');
}

const labelsOf = (moments: readonly EmotionMoment[]) => Object.keys(moments[0]?.probabilities ?? {});
const timeOf = ({ startSeconds, endSeconds }: EmotionMoment) => `${startSeconds.toFixed(1)}–${endSeconds.toFixed(1)} s`;
const round = (value: number) => Math.round(value * 100) / 100;
