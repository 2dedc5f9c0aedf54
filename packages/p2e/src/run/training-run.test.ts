import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '@nano-emox/engine';
import { openOnnxRuntimeNode } from '@nano-emox/engine/onnxruntime-node';
import { DisposedError, InvalidArgumentError, InvalidFileError } from '@nano-emox/tensor-contract';
import { DOMParser } from '@xmldom/xmldom';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programOf } from '../__fixtures__/run-program';
import { toyDataSets, toyModel, toyPhase } from '../__fixtures__/toy-model';
import type { TrainingEvent } from '../events';
import { trainPhase } from '../train-phase';
import { attributesOf, elementsOf, textOf, textsOf } from './__fixtures__/parsed';
import { phaseEvents, stepEnd } from './__fixtures__/run-events';
import { readMetrics } from './metrics-log';
import { RunConfigMismatchError } from './run-config';
import { readHistory } from './run-history';
import { TrainingRun } from './training-run';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-run-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const openRun = (options: Partial<Parameters<typeof TrainingRun.open>[0]> = {}) =>
  TrainingRun.open({ folder, config: { rate: 0.1 }, seed: 1, ...options });
const updates = () =>
  Array.from(readMetrics(join(folder, 'metrics.jsonl'))).flatMap((line) =>
    line.type === 'step-end' ? [`${line.phase} ${line.step}`] : [],
  );
const expected = (phase: string, steps: number) => Array.from({ length: steps }, (_, index) => `${phase} ${index + 1}`);

async function readReport() {
  const page = await readFile(join(folder, 'report.html'), 'utf8');
  return {
    page,
    document: parse(page, { onParseError: (error) => expect.fail(`${error.code} in line ${error.startLine}`) }),
  };
}

/** Cells of the table with this caption. */
function rowsOf(document: DefaultTreeAdapterTypes.Document, caption: string): string[][] {
  const table = elementsOf(document, 'table').find((each) => textsOf(each, 'caption')[0] === caption);
  if (!table) return expect.fail(`no table ${caption}`);
  return elementsOf(table, 'tr').map((row) => [...textsOf(row, 'th'), ...textsOf(row, 'td')]);
}

/** Parses strictly: an XML error of any kind fails the test. */
function parseSvg(svg: string) {
  const onError = (level: string, message: string) => expect.fail(`${level}: ${message}`);
  return new DOMParser({ onError }).parseFromString(svg, 'image/svg+xml');
}

const textsOfSvg = (svg: string) =>
  Array.from(parseSvg(svg).getElementsByTagName('text'), (text) => text.textContent ?? '');

describe('TrainingRun', () => {
  it('leaves metrics, curves and a report with the numbers of the run', async () => {
    const run = await openRun({ title: 'Two phases', gitCommit: 'abc123' });
    for (const event of [...phaseEvents('first', 100), ...phaseEvents('second', 20)]) run.record(event);
    await run.finish();
    expect((await readdir(folder)).sort()).toEqual(['config.json', 'curves', 'metrics.jsonl', 'report.html']);
    expect((await readdir(join(folder, 'curves'))).sort()).toEqual(['01-first.svg', '02-second.svg']);
    expect(updates()).toEqual([...expected('first', 100), ...expected('second', 20)]);

    const { document } = await readReport();
    expect(textsOf(document, 'h1')).toEqual(['Two phases']);
    expect(textsOf(document, 'h2')).toEqual(['first', 'second', 'Time', 'Machines', 'Configuration']);
    const facts = Object.fromEntries(
      textsOf(document, 'dt').map((name, index) => [name, textsOf(document, 'dd')[index]]),
    );
    expect(facts).toEqual({
      'Phases begun': '2',
      'Latest phase': 'second: complete',
      Steps: '120',
      Samples: '960',
      'Time in steps': '2.4 s',
      'Samples per second': '400',
      Sessions: '1',
    });
    const validation = rowsOf(document, 'Validation of first');
    expect(validation[0]).toEqual(['Step', 'Score', 'accuracy', 'hitRate', 'Best']);
    expect(validation).toHaveLength(11);
    const score = Math.sin(1.5);
    expect(validation[5]).toEqual([
      '50',
      ...[score, score / 2, score / 4].map((value) => value.toPrecision(4)),
      'best',
    ]);
    expect(rowsOf(document, 'Time in steps; validation and checkpoints come on top').slice(1)).toEqual([
      ['first', '100', '800', '2.0 s', '20 ms', '400', `50 (${score.toPrecision(4)})`],
      ['second', '20', '160', '0.4 s', '20 ms', '400', `10 (${score.toPrecision(4)})`],
    ]);
    expect(rowsOf(document, 'Resolved configuration')).toEqual([
      ['Field', 'Value'],
      ['seed', '1'],
      ['rate', '0.1'],
    ]);
    expect(rowsOf(document, 'Each time that a process worked on the run')[1]).toEqual(
      expect.arrayContaining(['120', process.version, 'abc123']),
    );
  });

  it('draws the curves at the right places, light and dark', async () => {
    const run = await openRun();
    for (const event of phaseEvents('first', 100)) run.record(event);
    await run.finish();
    const { document } = await readReport();
    expect(elementsOf(document, 'picture')).toHaveLength(1);
    const images = [...elementsOf(document, 'source'), ...elementsOf(document, 'img')].map(attributesOf);
    const [dark = '', light = ''] = images.map(({ srcset, src = srcset ?? '' }) =>
      Buffer.from(src.replace('data:image/svg+xml;base64,', ''), 'base64').toString(),
    );
    expect(light).toBe(await readFile(join(folder, 'curves', '01-first.svg'), 'utf8'));
    expect([light.includes('#ffffff'), dark.includes('#ffffff'), dark.includes('#15171c')]).toEqual([
      true,
      false,
      true,
    ]);
    for (const svg of [light, dark]) {
      expect(textsOfSvg(svg)).toEqual(
        expect.arrayContaining([
          'Loss',
          'moving average',
          'Validation score',
          'best',
          'Learning rate',
          'adapters',
          'lora',
        ]),
      );
    }
    // One hundred updates are one hundred corners of the line, spread over the width, with the lowest at the greatest y.
    const raw = Array.from(parseSvg(light).getElementsByTagName('path'))
      .filter((path) => path.getAttribute('stroke') === '#9cc4e0')
      .map((path) => pointsOf(path.getAttribute('d') ?? ''))
      .find((points) => points.length > 50);
    expect(raw).toHaveLength(100);
    const losses = Array.from({ length: 100 }, (_, index) => stepEnd('first', index + 1, 100).loss);
    const [lowest, highest] = [Math.min(...losses), Math.max(...losses)];
    const y = (loss: number) => (loss - highest) / (lowest - highest);
    const ys = (raw ?? []).map(([, value]) => value);
    const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
    raw?.forEach(([x, value], index) => {
      expect(x).toBeCloseTo(72 + (764 * (index + 1)) / 100, 0);
      expect((value - top) / (bottom - top)).toBeCloseTo(y(losses[index] as number), 1);
    });
    const alt = images[1]?.alt;
    expect(alt).toMatch(
      /^Curves of first: loss from \d\.\d+ to 0\.\d+ over 100 steps; 10 validations, the best 0\.9975 at step 50$/,
    );
  });

  it('has each step once after runs that were killed and continued', { timeout: 120_000 }, async () => {
    const program = await programOf(new URL('./__fixtures__/record-run.ts', import.meta.url));
    const random = new Random(3);
    const steps = 120;
    try {
      let kills = 0;
      for (let isDone = false; !isDone; ) {
        const running = program.start(folder, steps, 1);
        let linesLeft = 20 + random.integer(80);
        for await (const _ of running.lines) {
          if (kills === 3 || linesLeft-- > 0) continue;
          await sleep(random.uniform() * 3);
          running.process.kill('SIGKILL');
          break;
        }
        const { code, errors } = await running.ended;
        expect(errors).toBe('');
        isDone = code === 0;
        if (!isDone) kills++;
        const steady = updates();
        expect(new Set(steady).size).toBe(steady.length);
      }
      expect(kills).toBeGreaterThan(1);
      expect(updates()).toEqual([...expected('first', steps), ...expected('second', steps)]);
      const { phases, sessions } = await readHistory(join(folder, 'metrics.jsonl'));
      expect(phases.map(({ samples, validations }) => [samples, validations.length])).toEqual([
        [8 * steps, steps / 10],
        [8 * steps, steps / 10],
      ]);
      const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
      expect(config.sessions).toHaveLength(kills + 1);
      const kept = [...sessions.values()].map((session) => session.steps);
      expect(kept.reduce((sum, count) => sum + count, 0)).toBe(2 * steps);
    } finally {
      await program.remove();
    }
  });

  it('records a real phase that was interrupted between checkpoints', async () => {
    const executor = await openOnnxRuntimeNode({ workers: 0, threads: 1 });
    const train = async (stopAt: number) => {
      const run = await openRun();
      const onEvent = (event: TrainingEvent) => {
        run.record(event);
        if (event.type === 'step-end' && event.step === stopAt) throw new RangeError('power cut');
      };
      const settings = { model: toyModel(), phase: toyPhase, dataSets: toyDataSets, executor, seed: 5, onEvent };
      await trainPhase({ ...settings, checkpointFolder: folder, checkpointEverySteps: 8 }).catch((error) => {
        if (!(error instanceof RangeError)) throw error;
      });
      await run.finish();
    };
    try {
      for (const stopAt of [13, 22, 99]) await train(stopAt);
    } finally {
      await executor.dispose();
    }
    expect(updates()).toEqual(expected('toy', toyPhase.steps));
    const { document } = await readReport();
    expect(
      rowsOf(document, 'Each time that a process worked on the run')
        .slice(1)
        .map((row) => row[2]),
    ).toEqual(['8', '8', '14']);
  });

  it('writes the report at the end of a phase, not only of the run', async () => {
    const run = await openRun();
    for (const event of phaseEvents('first', 10)) run.record(event);
    for (let tries = 0; tries < 500 && !(await readdir(folder)).includes('report.html'); tries++) await sleep(10);
    expect(textsOf((await readReport()).document, 'h2')[0]).toBe('first');
    await run.dispose();
    await run.dispose();
    expect(() => run.record(stepEnd('first', 11, 11))).toThrow(DisposedError);
  });

  it('shows hostile names as they are, and nowhere as markup', async () => {
    const hostile = `"><script>alert('x')</script><img src="https://example.com/x" onerror=alert(1)>&amp;{a|b}\u202e\0\ud800 ../../${'x'.repeat(300)}`;
    const run = await openRun({
      title: hostile,
      config: { [hostile]: hostile },
      packages: { [hostile]: hostile },
      gitCommit: hostile,
    });
    for (const event of phaseEvents(hostile, 30)) {
      if (event.type === 'step-end') run.record({ ...event, learningRates: { [hostile]: 1, __proto__: 2 } });
      else if (event.type === 'validation-end') run.record({ ...event, metrics: { [hostile]: 0.5 } });
      else run.record(event);
    }
    await run.finish();
    const { page, document } = await readReport();
    const shown = hostile.replace(/[\u202e\0\ud800]/g, '\ufffd');
    expect(textsOf(document, 'h1')).toEqual([shown]);
    expect(textsOf(document, 'h2')[0]).toBe(shown);
    expect(rowsOf(document, 'Resolved configuration')[2]).toEqual([shown, shown]);
    expect([textsOf(document, 'script'), elementsOf(document, 'img').length]).toEqual([[], 1]);
    const attributes = [...allElements(document)].flatMap((element) => Object.entries(attributesOf(element)));
    expect(attributes.filter(([name]) => name.startsWith('on'))).toEqual([]);
    const links = attributes.filter(([name]) => ['src', 'srcset', 'href', 'data', 'action'].includes(name));
    expect(links.every(([, value]) => value.startsWith('data:image/svg+xml;base64,'))).toBe(true);
    expect(page).not.toMatch(/@import|url\(/);
    const [curve = ''] = await readdir(join(folder, 'curves'));
    expect(curve).toMatch(/^01-[A-Za-z0-9_-]{1,60}\.svg$/);
    const svg = await readFile(join(folder, 'curves', curve), 'utf8');
    const names = Array.from(parseSvg(svg).getElementsByTagName('*'), ({ tagName }) => tagName);
    expect(names.filter((name) => ['script', 'image', 'a', 'foreignObject', 'img'].includes(name))).toEqual([]);
    expect(textsOfSvg(svg).some((text) => text.startsWith(`"><script>alert('x')`))).toBe(true);
  });

  it('needs no more memory and no larger report for a hundred thousand events', { timeout: 120_000 }, async () => {
    const run = await openRun();
    for (const event of phaseEvents('long', 84_000)) run.record(event);
    const history = await readHistory(join(folder, 'metrics.jsonl'));
    expect(history.phases[0]?.loss.points.length).toBeLessThanOrEqual(600);
    expect(history.phases[0]?.validations.length).toBeLessThanOrEqual(400);
    await run.finish();
    expect((await readReport()).page.length).toBeLessThan(600_000);
    expect(rowsOf((await readReport()).document, 'Validation of long').length).toBeLessThan(40);
    expect(history.phases[0]).toMatchObject({ lastStep: 84_000, samples: 672_000, best: { step: 42_000 } });
  });

  it('copes with a run that has nothing yet, and with numbers that are none', async () => {
    await (await openRun()).finish();
    expect(textsOf((await readReport()).document, 'h2')).toEqual(['Time', 'Machines', 'Configuration']);
    const run = await openRun();
    run.record({ type: 'phase-start', phase: 'a', step: 0, steps: 2, trainedParameters: 1 });
    run.record({ ...stepEnd('a', 1, 2), loss: Number.NaN, learningRates: { all: Number.POSITIVE_INFINITY } });
    await run.finish();
    const { document } = await readReport();
    expect(textsOf(document, 'h2')[0]).toBe('a');
    expect(textOf(document)).toContain('1 of 2 steps, running');
  });

  it('refuses a folder of another run, a bad seed and a place that cannot be written', async () => {
    await (await openRun()).finish();
    await expect(openRun({ config: { rate: 0.2 } })).rejects.toThrow(RunConfigMismatchError);
    await expect(openRun({ seed: 1.5 })).rejects.toThrow(InvalidArgumentError);
    await writeFile(join(folder, 'file'), '');
    await expect(openRun({ folder: join(folder, 'file') })).rejects.toThrow(InvalidFileError);
    // A report that cannot be written does not stop the training, but is not passed over either.
    await rm(join(folder, 'curves'), { recursive: true, force: true });
    await writeFile(join(folder, 'curves'), 'taken');
    const run = await openRun();
    for (const event of phaseEvents('first', 10)) run.record(event);
    await expect(run.finish()).rejects.toThrow(InvalidFileError);
  });
});

/** Corners of a path of straight lines, in the coordinates of the picture. */
function pointsOf(path: string): [number, number][] {
  return Array.from(path.matchAll(/[ML]?\s*(-?[\d.]+)[ ,](-?[\d.]+)/g), ([, x, y]) => [Number(x), Number(y)]);
}

function* allElements(document: DefaultTreeAdapterTypes.Document) {
  const names = [
    'html',
    'head',
    'meta',
    'title',
    'style',
    'body',
    'main',
    'div',
    'section',
    'picture',
    'source',
    'img',
  ];
  for (const name of [
    ...names,
    'table',
    'caption',
    'thead',
    'tbody',
    'tr',
    'th',
    'td',
    'dl',
    'dt',
    'dd',
    'h1',
    'h2',
    'p',
    'a',
    'link',
  ])
    yield* elementsOf(document, name);
}
