import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executorFindings } from './executor-findings';
import { executorNames } from './executor-names';
import { cacheText } from './file-findings';
import type { Finding } from './finding';
import { modelFindings } from './model-findings';
import { nodeFinding } from './platform-findings';
import { findingsText } from './run-doctor';

/** The built program is what users run; `npm test` builds before it tests. */
const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** For busy machines. */
const TIMEOUT_MS = 240_000;
const { signal } = new AbortController();

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-doctor-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('nano-emox doctor', { timeout: TIMEOUT_MS }, () => {
  it('says what works, why the rest does not, and ends with 1 where the model is broken', () => {
    const args = [program, 'doctor', '--json', '--model', join(folder, 'nothing')];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: Finding[] };
    expect(ok).toBe(false);
    const named = new Map(findings.map((finding) => [finding.name, finding]));
    expect([...named.keys()]).toEqual([
      ...['system', 'Node.js', 'processor', 'memory'],
      ...executorNames,
      ...['media decoder', 'cache folder', 'loads'],
    ]);
    expect(named.get('loads')).toMatchObject({ status: 'missing', needed: true, hint: expect.any(String) });
    expect(named.get('media decoder')?.detail).toMatch(/^8 frames of 320 × 320 and 3\.\d s of sound/);
    const executors = findings.filter(({ section }) => section === 'Executors');
    expect(executors.some(({ status }) => status === 'ok')).toBe(true);
    for (const { status, hint, detail } of executors) {
      expect(detail).not.toBe('');
      if (status !== 'ok') expect(hint).toMatch(/^\S.*\.$/s);
    }
  });

  it('tries the model out', async () => {
    const findings = await modelFindings({ model: 'tiny', device: 'auto', precision: 'float32' }, signal);
    expect(findings.map(({ name, status }) => [name, status])).toEqual([
      ['loads', 'ok'],
      ['answers', 'ok'],
    ]);
    expect(findings[1]?.detail).toMatch(/^a face in \d of 8 frames, "\w+" \(\d+ %\) for the sample clip$/);
  });
});

describe('executorFindings', () => {
  it('survives a runtime that ends its process, and one that answers nonsense', async () => {
    const crashing = join(folder, 'crashing.mjs');
    await writeFile(crashing, `process.argv[2].includes('cuda') ? process.abort() : console.log('no answer')`);
    const findings = await executorFindings(signal, crashing);
    expect(findings.map(({ status }) => status)).toEqual(executorNames.map(() => 'broken'));
    expect(findings[1]?.detail).toMatch(/ended the process/);
  });

  it('ends with the signal', async () => {
    const hanging = join(folder, 'hanging.mjs');
    await writeFile(hanging, 'setInterval(() => {}, 1000)');
    const leaving = new AbortController();
    const found = executorFindings(leaving.signal, hanging);
    leaving.abort(new Error('stopped'));
    await expect(found).rejects.toThrow('stopped');
  });
});

describe('other findings', () => {
  it('know which Node.js is too old', () => {
    const versions = ['18.20.0', '20.18.3', '20.19.0', '22.0.0'];
    expect(versions.map((version) => nodeFinding(version).status)).toEqual(['broken', 'broken', 'ok', 'ok']);
  });

  it('tell the size of the cache folder, also of one that is not there yet', async () => {
    expect(await cacheText(join(folder, 'not', 'yet'))).toMatch(/yet, empty$/);
    await mkdir(join(folder, 'cache', 'deep'), { recursive: true });
    await writeFile(join(folder, 'cache', 'deep', 'file'), Buffer.alloc(1_500_000));
    expect(await cacheText(join(folder, 'cache'))).toMatch(/1 file, 1\.5 MB$/);
    await expect(cacheText(join(folder, 'cache', 'deep', 'file', 'below'))).rejects.toThrow(/cannot be written/);
  });

  it('are a list with what to do about each', () => {
    const finding = { section: 'Files', name: 'media decoder', needed: true } as const;
    const text = findingsText([{ ...finding, status: 'broken', detail: 'it is gone', hint: 'Install it.' }], false, {
      isTTY: false,
    });
    expect(text).toMatch(/^Files\n {2}media decoder +it is gone +broken\n +Install it\.\n\nSomething that is needed/);
  });
});
