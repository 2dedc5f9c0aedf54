import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DisposedError, InvalidFileError, MissingFileError } from '@nano-emox/tensor-contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TrainingEvent } from '../events';
import { phaseEvents } from './__fixtures__/run-events';
import { MetricsLog, readMetrics } from './metrics-log';

let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-metrics-'));
  path = join(folder, 'metrics.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const place = { time: '2026-01-01T00:00:00.000Z', session: 1 };

function write(events: Iterable<TrainingEvent>): void {
  const log = MetricsLog.open(path);
  for (const event of events) log.append({ ...event, ...place });
  log.close();
}

/** Phase and step of all updates in the file. */
const updates = () =>
  Array.from(readMetrics(path)).flatMap((line) => (line.type === 'step-end' ? [`${line.phase} ${line.step}`] : []));
const expected = (phase: string, steps: number) => Array.from({ length: steps }, (_, index) => `${phase} ${index + 1}`);

describe('MetricsLog', () => {
  it('gives lines back as they were, whatever is in them', () => {
    const events = [...phaseEvents('a "quoted"\n\u2028 name 💛', 20)];
    write(events);
    expect(Array.from(readMetrics(path))).toEqual(events.map((event) => ({ ...event, ...place })));
  });

  it.each([0, 10, 15, 20])('drops what came after step %d of a phase, later phases included', (step) => {
    write([...phaseEvents('first', 30), ...phaseEvents('second', 20)]);
    const log = MetricsLog.open(path);
    log.dropAfter('second', step);
    expect(updates()).toEqual([...expected('first', 30), ...expected('second', step)]);
    log.dropAfter('first', step);
    expect(updates()).toEqual(expected('first', step));
    log.append({ type: 'phase-end', phase: 'first', step, reason: 'steps', ...place });
    log.dropAfter('first', step);
    log.dropAfter('unknown', 0);
    log.close();
    expect(Array.from(readMetrics(path)).at(-1)).toMatchObject({ type: 'phase-end' });
    expect(updates()).toEqual(expected('first', step));
  });

  it('cuts off a line that a killed process was writing', async () => {
    write(phaseEvents('first', 5));
    const whole = await readFile(path, 'utf8');
    await appendFile(path, '{"type":"step-end","phase":"fir');
    expect(updates()).toEqual(expected('first', 5));
    MetricsLog.open(path).close();
    expect(await readFile(path, 'utf8')).toBe(whole);
  });

  it.each(['nonsense', '[]', 'null', '{"a":1}'])('says which line is not an event: %s', async (line) => {
    write(phaseEvents('first', 2));
    const lines = (await readFile(path, 'utf8')).split('\n');
    await writeFile(path, [lines[0], line, ...lines.slice(1)].join('\n'));
    expect(() => MetricsLog.open(path)).toThrow(InvalidFileError);
    expect(() => MetricsLog.open(path)).toThrow(/line 2 /);
  });

  it('refuses a file without line ends before it fills the memory', async () => {
    await writeFile(path, Buffer.alloc(18 << 20, 'x'));
    expect(() => MetricsLog.open(path)).toThrow(InvalidFileError);
  });

  it('says what cannot be opened, and is closed once', () => {
    expect(() => MetricsLog.open(join(folder, 'absent', 'metrics.jsonl'))).toThrow(InvalidFileError);
    expect(() => Array.from(readMetrics(path))).toThrow(MissingFileError);
    const log = MetricsLog.open(path);
    log.close();
    log.close();
    expect(() => log.dropAfter('a', 1)).toThrow(DisposedError);
  });
});
