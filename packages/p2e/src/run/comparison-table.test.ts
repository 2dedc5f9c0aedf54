import { parse } from 'parse5';
import { describe, expect, it } from 'vitest';
import { textsOf } from './__fixtures__/parsed';
import { comparisonHtml, comparisonMarkdown, comparisonTable, comparisonText } from './comparison-table';

const runs = [
  { name: 'p2e', seed: 1, metrics: { accuracy: 0.5, hitRate: 0.25 } },
  { name: 'joint', seed: 1, metrics: { accuracy: 0.4, other: 1 } },
  { name: 'p2e', seed: 2, metrics: { accuracy: 0.7, hitRate: Number.NaN } },
  { name: 'p2e', seed: 3, metrics: { accuracy: 0.9, hitRate: 0.75 } },
];

describe('comparisonTable', () => {
  it('has mean and sample deviation over seeds', () => {
    const { metrics, rows } = comparisonTable(runs);
    expect(metrics).toEqual(['accuracy', 'hitRate', 'other']);
    expect(rows.map(({ name, runs: count }) => [name, count])).toEqual([
      ['p2e', 3],
      ['joint', 1],
    ]);
    const [p2e, joint] = rows;
    expect(p2e?.metrics.accuracy?.mean).toBeCloseTo(0.7, 12);
    expect(p2e?.metrics.accuracy?.standardDeviation).toBeCloseTo(0.2, 12);
    expect(p2e?.metrics.hitRate).toMatchObject({ mean: 0.5, count: 2 });
    expect(p2e?.metrics.hitRate?.standardDeviation).toBeCloseTo(Math.SQRT1_2 / 2, 12);
    expect(joint?.metrics).toEqual({ accuracy: { mean: 0.4, count: 1 }, other: { mean: 1, count: 1 } });
    expect(comparisonTable([])).toEqual({ metrics: [], rows: [] });
  });

  it('is text', () => {
    expect(comparisonText(comparisonTable(runs))).toBe(
      [
        'name   runs  accuracy         hitRate                   other',
        '─────  ────  ───────────────  ────────────────────────  ──────',
        'p2e    3     0.7000 ± 0.2000  0.5000 ± 0.3536 (2 of 3)  –',
        'joint  1     0.4000           –                         1.0000',
        '',
      ].join('\n'),
    );
  });

  it('is Markdown that shows names as they are', () => {
    const hostile = [{ name: 'a|b`*_<b>[x](y)\n| c', seed: 1, metrics: { 'm|1': 1 } }];
    const lines = comparisonMarkdown(comparisonTable(hostile)).trimEnd().split('\n');
    expect(lines).toEqual([
      '| name                         | runs | m\\|1   |',
      '| ---------------------------- | ---- | ------ |',
      '| a\\|b\\`\\*\\_\\<b\\>\\[x\\](y) \\| c | 1    | 1.0000 |',
    ]);
  });

  it('is an HTML page, whatever the names', () => {
    const name = '</td><script>alert(1)</script>"\u202e\0';
    const table = comparisonTable([{ name, seed: 1, metrics: { '<img src=x onerror=1>': 1 } }]);
    const page = comparisonHtml(table, name, [name]);
    const document = parse(page, { onParseError: (error) => expect.fail(error.code) });
    expect(textsOf(document, 'script')).toEqual([]);
    expect(textsOf(document, 'img')).toEqual([]);
    const shown = '</td><script>alert(1)</script>"\ufffd\ufffd';
    expect(textsOf(document, 'h1')).toEqual([shown]);
    expect(textsOf(document, 'p')[0]).toBe(shown);
    expect(textsOf(document, 'th')).toEqual(['name', 'runs', '<img src=x onerror=1>', shown]);
    expect(textsOf(document, 'td')).toEqual(['1', '1.0000']);
  });
});
