import type { PlainJson } from '../canonical-json';
import { formatDuration, formatNumber } from './format';
import { html, htmlPage, htmlTable, type Markup } from './html';
import { describeCurves } from './phase-chart';
import type { RunConfig } from './run-config';
import type { PhaseHistory, RunHistory } from './run-history';

/** What a report shows. */
export interface ReportContent {
  readonly title: string;
  readonly config: RunConfig;
  readonly history: RunHistory;
  /** SVG of each phase of the history, in its order. */
  readonly charts: readonly { readonly light: string; readonly dark: string }[];
}

/** Report of a run as one HTML file that needs nothing else and follows the reader's choice of light or dark. */
export function renderReport({ title, config, history, charts }: ReportContent): string {
  const body = html`<h1>${title}</h1>
${summary(history, config)}
${history.phases.map((phase, index) => phaseSection(phase, charts[index]))}
<h2>Time</h2>
${timeTable(history.phases)}
<h2>Machines</h2>
${sessionTable(history, config)}
<h2>Configuration</h2>
${configTable(config)}`;
  return htmlPage(title, body);
}

function summary({ phases }: RunHistory, { sessions }: RunConfig): Markup {
  const total = (read: (phase: PhaseHistory) => number) => phases.reduce((sum, phase) => sum + read(phase), 0);
  const last = phases.at(-1);
  const facts: [string, string][] = [
    ['Phases begun', formatNumber(phases.length)],
    ['Latest phase', last ? `${last.phase}: ${last.ended ?? 'running'}` : 'none'],
    ['Steps', formatNumber(total(({ lastStep }) => lastStep))],
    ['Samples', formatNumber(total(({ samples }) => samples))],
    ['Time in steps', formatDuration(total(({ stepsMs }) => stepsMs))],
    [
      'Samples per second',
      perSecond(
        total(({ samples }) => samples),
        total(({ stepsMs }) => stepsMs),
      ),
    ],
    ['Sessions', formatNumber(sessions.length)],
  ];
  return html`<dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function phaseSection(history: PhaseHistory, chart: ReportContent['charts'][number] | undefined): Markup {
  const { phase, lastStep, steps, trainedParameters, ended } = history;
  return html`<section>
<h2>${phase}</h2>
<p>${formatNumber(lastStep)} of ${formatNumber(steps)} steps, ${ended ?? 'running'}; ${formatNumber(trainedParameters)} values train.</p>
${chart && picture(chart, `Curves of ${phase}: ${describeCurves(history)}`)}
${validationTable(history)}
</section>
`;
}

/** Charts are images, not part of the page: their names and identifiers stay apart, and nothing in them can act. */
function picture({ light, dark }: { light: string; dark: string }, description: string): Markup {
  return html`<picture>
<source media="(prefers-color-scheme: dark)" srcset="${dataUrl(dark)}">
<img src="${dataUrl(light)}" alt="${description}">
</picture>`;
}

const dataUrl = (svg: string): string => `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;

const MAX_ROWS = 25;

function validationTable({ phase, validations, best }: PhaseHistory): Markup | undefined {
  if (validations.length === 0) return undefined;
  const every = Math.ceil(validations.length / MAX_ROWS);
  const shown = validations.filter(
    (each, index) => index % every === 0 || each === best || index === validations.length - 1,
  );
  const names = [...new Set(shown.flatMap(({ metrics }) => Object.keys(metrics)))];
  const cell = (value: number | undefined) => (value === undefined ? '–' : formatNumber(value));
  return htmlTable(
    `Validation of ${phase}`,
    ['Step', 'Score', ...names, 'Best'],
    shown.map((each) => [
      String(each.step),
      cell(each.score),
      ...names.map((name) => cell(each.metrics[name])),
      each === best ? 'best' : '',
    ]),
    (row) => shown[row] === best,
  );
}

function timeTable(phases: readonly PhaseHistory[]): Markup {
  return htmlTable(
    'Time in steps; validation and checkpoints come on top',
    ['Phase', 'Steps', 'Samples', 'Time', 'Time per step', 'Samples per second', 'Best step'],
    phases.map(({ phase, lastStep, samples, stepsMs, best }) => [
      phase,
      formatNumber(lastStep),
      formatNumber(samples),
      formatDuration(stepsMs),
      lastStep > 0 ? `${formatNumber(stepsMs / lastStep)} ms` : '–',
      perSecond(samples, stepsMs),
      best ? `${best.step} (${formatNumber(best.score)})` : '–',
    ]),
  );
}

const perSecond = (samples: number, durationMs: number): string =>
  durationMs > 0 ? formatNumber((1000 * samples) / durationMs) : '–';

function sessionTable(history: RunHistory, { sessions }: RunConfig): Markup {
  return htmlTable(
    'Each time that a process worked on the run',
    ['Started', 'Last seen', 'Steps', 'Node', 'Platform', 'Processor', 'Cores', 'Memory', 'Packages', 'Commit'],
    sessions.map(({ started, environment }, index) => {
      const { lastSeen = started, steps = 0 } = history.sessions.get(index + 1) ?? {};
      const { node, platform, processor, cores, memoryBytes, packages, gitCommit } = environment;
      const memory = `${(memoryBytes / 2 ** 30).toFixed(1)} GiB`;
      const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
      const machine = [node, platform, processor, formatNumber(cores), memory, versions.join(', ')];
      return [started, lastSeen, formatNumber(steps), ...machine, gitCommit ?? '–'];
    }),
  );
}

function configTable({ config, seed }: RunConfig): Markup {
  const rows = [['seed', String(seed)], ...leaves(config, '')];
  return htmlTable('Resolved configuration', ['Field', 'Value'], rows);
}

/** Every value inside `value`, with its path. */
function leaves(value: PlainJson, path: string): [string, string][] {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
    return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([key, item]) =>
    leaves(item as PlainJson, path === '' ? key : `${path}.${key}`),
  );
}
