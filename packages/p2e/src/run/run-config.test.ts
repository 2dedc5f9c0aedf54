import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError, InvalidConfigError, InvalidFileError } from '@nano-emox/tensor-contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEnvironment } from './environment';
import { establishConfig, RunConfigMismatchError } from './run-config';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-config-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const environment = readEnvironment({ recipe: '1.2.3' }, 'abc123');
const config = { phases: [{ name: 'a', steps: 3, match: /^x/ }], rate: 0.1, note: undefined };

describe('config.json', () => {
  it('holds configuration, seed and environment', async () => {
    await establishConfig(folder, { config, seed: 7, environment });
    expect(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))).toEqual({
      formatVersion: 1,
      seed: 7,
      config: { phases: [{ name: 'a', steps: 3, match: '/^x/' }], rate: 0.1 },
      sessions: [
        {
          started: expect.stringMatching(/^\d{4}-.*Z$/),
          environment: {
            node: process.version,
            platform: expect.stringContaining(process.platform),
            processor: expect.any(String),
            cores: expect.any(Number),
            memoryBytes: expect.any(Number),
            packages: {
              '@nano-emox/p2e': expect.stringMatching(/^\d+\.\d+\.\d+/),
              '@nano-emox/engine': expect.stringMatching(/^\d+\.\d+\.\d+/),
              '@nano-emox/tensor-contract': expect.stringMatching(/^\d+\.\d+\.\d+/),
              'onnxruntime-node': expect.stringMatching(/^\d+\.\d+\.\d+/),
              recipe: '1.2.3',
            },
            gitCommit: 'abc123',
          },
        },
      ],
    });
  });

  it('lets the same settings continue, in any order of keys and on another machine', async () => {
    const first = await establishConfig(folder, { config, seed: 7, environment });
    const { phases, rate } = config;
    const elsewhere = { ...environment, processor: 'another' };
    const second = await establishConfig(folder, { config: { rate, phases }, seed: 7, environment: elsewhere });
    expect(second.config).toEqual(first.config);
    expect(second.sessions.map((session) => session.environment)).toEqual([environment, elsewhere]);
  });

  it('refuses other settings and names them all', async () => {
    await establishConfig(folder, { config, seed: 7, environment });
    const before = await readFile(join(folder, 'config.json'), 'utf8');
    const other = { phases: [{ name: 'a', steps: 4, match: /^x/i }, {}], extra: null };
    const error = await establishConfig(folder, { config: other, seed: 8, environment }).catch((caught) => caught);
    expect(error).toBeInstanceOf(RunConfigMismatchError);
    expect(error).toBeInstanceOf(InvalidConfigError);
    expect(error).toMatchObject({ code: 'INVALID_CONFIG', field: 'seed' });
    expect([...error.fields].sort()).toEqual([
      'config.extra',
      'config.phases.0.match',
      'config.phases.0.steps',
      'config.phases.1',
      'config.rate',
      'seed',
    ]);
    for (const field of error.fields) expect(error.message).toContain(field);
    expect(await readFile(join(folder, 'config.json'), 'utf8')).toBe(before);
  });

  it('refuses what is not data, and a file that is not a configuration', async () => {
    const wrong = { config: { collate: () => 1 }, seed: 1, environment };
    await expect(establishConfig(folder, wrong)).rejects.toThrow(InvalidArgumentError);
    for (const content of ['{', 'null', '{"formatVersion": 99}']) {
      await writeFile(join(folder, 'config.json'), content);
      await expect(establishConfig(folder, { config, seed: 1, environment })).rejects.toThrow(InvalidFileError);
    }
  });
});
