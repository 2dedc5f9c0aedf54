import type { AttentionDiscrepancy } from '@nano-emox/duplex-attention';

/** A measurement with its plot. */
export interface AttentionFigure {
  readonly discrepancy: AttentionDiscrepancy;
  /** SVG for a light ground. */
  readonly light: string;
  /** SVG for a dark ground. */
  readonly dark: string;
}

/** Colours that can be told apart with any colour vision, after Okabe and Ito, brighter where the ground is dark. */
const themes = {
  light: { ground: '#ffffff', text: '#1b1d22', line: '#d5d9e0', own: '#0072b2', other: '#b85a00' },
  dark: { ground: '#15171c', text: '#e7e9ee', line: '#3a404b', own: '#56b4e9', other: '#e69f00' },
} as const;
type Theme = keyof typeof themes;

const SIZE = { width: 840, height: 320 } as const;

/** Draws a measurement: for words and for the clip, what a token gives to its own kind and to the other, layer by layer. */
export async function attentionFigure(discrepancy: AttentionDiscrepancy): Promise<AttentionFigure> {
  const core = await loadLibrary();
  const draw = (theme: Theme): string => {
    const chart = core.init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
    try {
      chart.setOption(chartOption(discrepancy, theme));
      return chart.renderToSVGString();
    } finally {
      chart.dispose();
    }
  };
  return { discrepancy, light: draw('light'), dark: draw('dark') };
}

async function loadLibrary() {
  const [core, charts, components, renderers] = await Promise.all([
    import('echarts/core'),
    import('echarts/charts'),
    import('echarts/components'),
    import('echarts/renderers'),
  ]);
  core.use([
    charts.BarChart,
    components.GridComponent,
    components.LegendComponent,
    components.TitleComponent,
    renderers.SVGRenderer,
  ]);
  return core;
}

function chartOption({ layers }: AttentionDiscrepancy, theme: Theme) {
  const { ground, text, line, own, other } = themes[theme];
  const panels = [
    { group: 'text', title: 'Words attend to', names: ['words', 'the clip'] },
    { group: 'visual', title: 'The clip attends to', names: ['the clip', 'words'] },
  ] as const;
  const left = (index: number) => 60 + index * 410;
  const axis = {
    axisLabel: { color: text },
    axisLine: { lineStyle: { color: line } },
    splitLine: { lineStyle: { color: line } },
    nameTextStyle: { color: text },
  };
  return {
    animation: false,
    backgroundColor: ground,
    title: panels.map(({ title }, index) => ({
      text: title,
      left: left(index) - 30,
      top: 8,
      textStyle: { color: text, fontSize: 14 },
    })),
    legend: panels.map(({ names }, index) => ({
      id: `legend ${index}`,
      data: names.map((name) => `${index}:${name}`),
      formatter: (name: string) => name.slice(name.indexOf(':') + 1),
      left: left(index) + 150,
      top: 8,
      textStyle: { color: text },
    })),
    grid: panels.map((_, index) => ({ left: left(index), width: 330, top: 56, bottom: 48 })),
    xAxis: panels.map((_, index) => ({
      type: 'category' as const,
      gridIndex: index,
      name: 'layer',
      nameLocation: 'middle' as const,
      nameGap: 28,
      data: layers.map(({ layer }) => String(layer)),
      ...axis,
    })),
    yAxis: panels.map((_, index) => ({ type: 'value' as const, gridIndex: index, ...axis })),
    series: panels.flatMap(({ group, names }, index) =>
      (['self', 'cross'] as const).map((side, place) => ({
        type: 'bar' as const,
        name: `${index}:${names[place]}`,
        xAxisIndex: index,
        yAxisIndex: index,
        data: layers.map((layer) => layer[group][side] ?? '-'),
        itemStyle: { color: side === 'self' ? own : other },
      })),
    ),
  };
}
