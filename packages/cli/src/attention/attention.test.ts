import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AttentionDiscrepancy } from '@nano-emox/duplex-attention';
import { parseArgs } from 'citty';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attentionFigure } from '../report/attention-chart';
import { attentionSection, attentionTable } from '../report/attention-section';
import { UsageError } from '../usage-error';
import { attentionCommand } from './command';
import { readAttentionOptions } from './options';

const discrepancy: AttentionDiscrepancy = {
  layers: [
    {
      layer: 0,
      text: { self: 0.25, cross: 0.05, gap: 0.8 },
      visual: { self: 0.125, cross: 0.125, gap: 0 },
    },
    { layer: 1, text: { self: 0.5, cross: null, gap: null }, visual: { self: null, cross: null, gap: null } },
  ],
  averageGap: { text: 0.8, visual: 0 },
};

describe('the measurement', () => {
  it('is a table with a row for each layer and the average gaps', () => {
    expect(
      attentionTable(discrepancy)
        .split('\n')
        .map((line) => line.trim().split(/\s{2,}/)),
    ).toEqual([
      ['words attend to', 'the clip attends to'],
      ['layer', 'words', 'clip', 'gap', 'clip', 'words', 'gap'],
      ['0', '0.2500', '0.0500', '80 %', '0.1250', '0.1250', '0 %'],
      ['1', '0.5000', '–', '–', '–', '–', '–'],
      ['average', '80 %', '0 %'],
      [''],
    ]);
  });

  it('is drawn for light and dark, with a bar for each value that there is', async () => {
    const figure = await attentionFigure(discrepancy);
    expect(figure.light).toMatch(/^<svg/);
    const bars = (svg: string, color: string) =>
      svg.match(new RegExp(`<path d="[^"]+"[^>]*fill="${color}"`, 'g'))?.length;
    const empty: AttentionDiscrepancy = { layers: [], averageGap: { text: null, visual: null } };
    const icons = bars((await attentionFigure(empty)).light, '#0072b2') ?? 0; // of the legend
    expect((bars(figure.light, '#0072b2') ?? 0) - icons).toBe(3);
    expect(figure.dark).toContain('#56b4e9');
    const { text } = attentionSection(figure);
    expect(text).toContain('alt="Attention in 2 layers; average gap 80 % for words, 0 % for the clip"');
    expect(text.match(/<tr><th scope="row">/g)).toHaveLength(3);
  });
});

describe('options of attention', () => {
  const definitions = attentionCommand.args as Parameters<typeof parseArgs>[1];
  const read = (...args: string[]) => readAttentionOptions(parseArgs(args, definitions)._, args, definitions);

  it('have defaults, and take one clip and one task', () => {
    expect(read()).toMatchObject({ task: 'mer', model: 'tiny', json: false });
    expect(read('--answer=--x').answer).toBe('--x');
    expect(read('talk.mp4', '--task=OV-MER')).toMatchObject({ clip: 'talk.mp4', task: 'ovMer' });
  });

  it.each([
    [['a.mp4', 'b.mp4'], 'several clips'],
    [['--task', 'mer,erg'], 'several tasks'],
    [['--task', 'joy'], '--task: there is no task "joy"'],
    [['--html='], 'names no file'],
  ])('%j is a usage error', (args, message) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(message);
  });
});

describe('nano-emox attention', () => {
  /** The built program is what users run; `npm test` builds before it tests. */
  const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nano-emox-attention-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [program, 'attention', ...args], { cwd: folder, encoding: 'utf8' });

  it('measures the sample clip, and writes a page that needs nothing else', { timeout: 120_000 }, async () => {
    const { status, stdout, stderr } = run('--json', '--html', 'attention.html');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { layers, averageGap, task, words } = JSON.parse(stdout);
    expect({ task, words: words.source }).toEqual({ task: 'mer', words: 'sample' });
    expect(layers.map(({ layer }: { layer: number }) => layer)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const group of ['text', 'visual']) {
      const gaps = layers.map((layer: Record<string, { gap: number }>) => layer[group]?.gap);
      const mean = gaps.reduce((sum: number, gap: number) => sum + gap, 0) / gaps.length;
      expect(averageGap[group]).toBeCloseTo(mean, 6);
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(1);
    }
    const page = await readFile(join(folder, 'attention.html'), 'utf8');
    expect(page).toMatch(/<img src="data:image\/svg\+xml;base64,/);
    expect(page).not.toMatch(/<script|<link|https?:|@import|url\(/);
  });

  it('leaves no page behind for a clip that cannot be read', { timeout: 120_000 }, () => {
    const { status, stdout } = run('missing.mp4', '--json', '--html', 'nothing.html');
    expect(status).toBe(1);
    expect(JSON.parse(stdout).error.code).toBe('MISSING_FILE');
    expect(existsSync(join(folder, 'nothing.html'))).toBe(false);
  });
});
