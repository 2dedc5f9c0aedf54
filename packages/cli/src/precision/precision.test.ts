import { type ArgsDef, parseArgs } from 'citty';
import { expect, it } from 'vitest';
import type { CommandOutput } from '../interruptible';
import { colorsFor } from '../terminal';
import { UsageError } from '../usage-error';
import { precisionCommand } from './command';
import { readPrecisionOptions } from './options';
import { deviationTable, runPrecision } from './run-precision';

function read(...rawArgs: string[]) {
  const args = precisionCommand.args as ArgsDef;
  return readPrecisionOptions(parseArgs(rawArgs, args)._, rawArgs, args);
}

async function run(...args: string[]) {
  const written = { stdout: '', stderr: '' };
  const into = (name: keyof typeof written) => ({
    write(text: string) {
      written[name] += text;
    },
  });
  const output: CommandOutput = { stdout: into('stdout'), stderr: into('stderr') };
  return { code: await runPrecision(read(...args), output), ...written };
}

it('says how far each precision is from float32, in features, tokens and logits', { timeout: 120_000 }, async () => {
  const { code, stdout, stderr } = await run('--json', '--quiet');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { model, deviations } = JSON.parse(stdout);
  expect(model.preset).toBe('tiny');
  expect(deviations.map(({ precision }: { precision: string }) => precision)).toEqual(['int8', 'int4']);
  const [int8, int4] = deviations;
  expect(Object.keys(int8.features)).toEqual([
    ...['scene encoder', 'face encoder', 'audio encoder'],
    ...['frame tokens', 'face tokens', 'audio tokens', 'multi tokens'],
  ]);
  for (const { cosine, worstRowCosine } of Object.values<{ cosine: number; worstRowCosine: number }>(int8.features)) {
    expect(worstRowCosine).toBeGreaterThan(0.99);
    expect(cosine).toBeLessThan(1); // as it would be if nothing were quantised
  }
  // Features are computed alike; answers are not.
  expect(int4.features).toEqual(int8.features);
  expect(int8.logits.tokens).toBeGreaterThan(3);
  expect(int8.logits.meanDivergence).toBeGreaterThan(0);
  expect(int4.logits.meanDivergence).toBeGreaterThan(int8.logits.meanDivergence);
  expect(int4.logits.agreement).toBeLessThanOrEqual(1);

  const table = deviationTable('a/talk.mp4', { model, deviations: [int8] }, colorsFor({ isTTY: false }));
  expect(table).toMatch(/^talk\.mp4 {2}model tiny on onnxruntime-node cpu, .* beside float32\n\nint8 +cosine/);
  expect(table).toMatch(/\n {2}scene encoder +(1\.0|0\.99)\d+ +(1\.0|0\.99)\d+ +\d+\.\d %\n/);
  expect(table).toMatch(/\n {2}answer +\d\.\d+(e-\d+)? +\d\.\d+(e-\d+)? +\d+\.\d %\n$/);
});

it('compares what fits the device, unless it is told', () => {
  expect(read().precisions).toEqual(['int8', 'int4']);
  expect(read('--device', 'cuda').precisions).toEqual(['float16']);
  expect(read('--precisions', 'int4, int8').precisions).toEqual(['int4', 'int8']);
  expect(() => read('--precisions', 'float32')).toThrow(UsageError);
  expect(() => read('--precisions', 'float16', '--device', 'cpu')).toThrow('graphics');
  expect(() => read('a.mp4', 'b.mp4')).toThrow(UsageError);
  expect(() => read('--precision', 'int8')).toThrow(UsageError);
});
