import type { CurvePoint } from './curve';
import { formatNumber } from './format';
import { escapeHtml, shortText } from './html';
import type { PhaseHistory } from './run-history';

/** Colours that can be told apart with any colour vision, after Okabe and Ito, brighter where the ground is dark. */
const themes = {
  light: {
    ground: '#ffffff',
    text: '#1b1d22',
    line: '#d5d9e0',
    raw: '#9cc4e0',
    series: ['#0072b2', '#b85a00', '#00795a', '#a3477f'],
  },
  dark: {
    ground: '#15171c',
    text: '#e7e9ee',
    line: '#3a404b',
    raw: '#2f5670',
    series: ['#56b4e9', '#e69f00', '#2fc797', '#e08fc0'],
  },
} as const;

/** Colours of a chart. */
export type ChartTheme = keyof typeof themes;

const WIDTH = 860;
const PANEL_HEIGHT = 150;
const PANEL_GAP = 70;
const TOP = 60;

interface Line {
  readonly name: string;
  readonly data: readonly (readonly [number, number])[];
  readonly kind: 'raw' | 'line' | 'points';
}

interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** Loads the chart library at the first chart: training itself does not need it. */
const loadLibrary = async () => {
  const [core, charts, components, renderers] = await Promise.all([
    import('echarts/core'),
    import('echarts/charts'),
    import('echarts/components'),
    import('echarts/renderers'),
  ]);
  core.use([
    charts.LineChart,
    charts.ScatterChart,
    components.GridComponent,
    components.LegendComponent,
    components.TitleComponent,
    renderers.SVGRenderer,
  ]);
  return core;
};

/**
 * Curves of a phase as SVG: loss (every step or its range, and the moving average), validation score where there is one,
 * learning rates.
 */
export async function renderPhaseChart(history: PhaseHistory, theme: ChartTheme): Promise<string> {
  const core = await loadLibrary();
  const panels = panelsOf(history);
  const height = TOP + panels.length * (PANEL_HEIGHT + PANEL_GAP);
  const chart = core.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  try {
    chart.setOption(chartOption(panels, history.lastStep, theme));
    const label = escapeHtml(`Phase ${shortText(history.phase)}: ${describeCurves(history)}`);
    return chart.renderToSVGString().replace('<svg ', `<svg role="img" aria-label="${label}" `);
  } finally {
    chart.dispose();
  }
}

/** What the curves of a phase show, for those who do not see them. */
export function describeCurves({ smoothLoss, lastStep, validations, best }: PhaseHistory): string {
  const points = smoothLoss.points;
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return 'no steps so far';
  const loss = `loss from ${formatNumber(first.mean)} to ${formatNumber(last.mean)} over ${lastStep} steps`;
  if (!best) return loss;
  const judged = `${validations.length} validation${validations.length === 1 ? '' : 's'}`;
  return `${loss}; ${judged}, the best ${formatNumber(best.score)} at step ${best.step}`;
}

function panelsOf({ loss, smoothLoss, validations, best, learningRates }: PhaseHistory): Panel[] {
  const panels: Panel[] = [
    {
      title: 'Loss',
      lines: [
        { name: 'loss', data: envelope(loss.points), kind: 'raw' },
        { name: 'moving average', data: means(smoothLoss.points), kind: 'line' },
      ],
    },
  ];
  if (validations.length > 0) {
    const scores: Line = {
      name: 'score',
      data: validations.map(({ step, score }) => [step, score] as const),
      kind: 'line',
    };
    const mark: Line[] = best ? [{ name: 'best', data: [[best.step, best.score]], kind: 'points' }] : [];
    panels.push({ title: 'Validation score', lines: [scores, ...mark] });
  }
  const rates = [...learningRates].map(
    ([group, curve]): Line => ({ name: shortText(group, 30), data: means(curve.points), kind: 'line' }),
  );
  return [...panels, { title: 'Learning rate', lines: rates }];
}

const means = (points: readonly CurvePoint[]) => points.map(({ step, mean }) => [step, mean] as const);

/** Up and down between the extremes of the steps that a point stands for. */
const envelope = (points: readonly CurvePoint[]) =>
  points.flatMap(({ step, minimum, maximum }) =>
    minimum === maximum ? [[step, minimum] as const] : [[step, minimum] as const, [step, maximum] as const],
  );

/** A round number of an axis without needless zeros. */
const axisNumber = (value: number): string =>
  value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(Number(value.toPrecision(6)));

function chartOption(panels: readonly Panel[], lastStep: number, theme: ChartTheme) {
  const { ground, text, line, raw, series } = themes[theme];
  const top = (index: number) => TOP + index * (PANEL_HEIGHT + PANEL_GAP);
  const axisStyle = {
    axisLabel: { color: text },
    axisLine: { lineStyle: { color: line } },
    splitLine: { lineStyle: { color: line } },
  };
  return {
    animation: false,
    backgroundColor: ground,
    title: panels.map(({ title }, index) => ({
      text: title,
      left: 12,
      top: top(index) - 40,
      textStyle: { color: text, fontSize: 14 },
    })),
    legend: panels.map(({ lines }, index) => ({
      id: `legend ${index}`,
      data: lines.map(({ name }) => `${index}:${name}`),
      formatter: (name: string) => name.slice(name.indexOf(':') + 1),
      icon: 'roundRect',
      itemHeight: 4,
      right: 24,
      top: top(index) - 38,
      textStyle: { color: text },
    })),
    grid: panels.map((_, index) => ({ left: 72, right: 24, top: top(index), height: PANEL_HEIGHT })),
    xAxis: panels.map((_, index) => ({
      type: 'value' as const,
      gridIndex: index,
      min: 0,
      max: Math.max(1, lastStep),
      ...axisStyle,
    })),
    yAxis: panels.map((_, index) => ({
      type: 'value' as const,
      gridIndex: index,
      scale: true,
      ...axisStyle,
      axisLabel: { color: text, formatter: axisNumber },
    })),
    series: panels.flatMap(({ lines }, index) =>
      lines.map(({ name, data, kind }, place) => {
        const color =
          kind === 'raw' ? raw : kind === 'points' ? series[1] : series[(index === 0 ? 0 : place) % series.length];
        return {
          type: kind === 'points' ? ('scatter' as const) : ('line' as const),
          // One legend serves one panel; names of two panels may be the same.
          name: `${index}:${name}`,
          xAxisIndex: index,
          yAxisIndex: index,
          data: data as [number, number][],
          showSymbol: data.length === 1,
          symbolSize: kind === 'points' ? 10 : 4,
          itemStyle: { color },
          lineStyle: { color, width: kind === 'raw' ? 1 : 2 },
        };
      }),
    ),
  };
}
