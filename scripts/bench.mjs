/** `npm run bench [-- options]`: builds everything, then runs the benchmark of tooling/bench; its ratios go to stdout. */
import { join } from 'node:path';
import { ensureReady } from './bootstrap.mjs';
import { runMain, runProgram, SetupError } from './lib/processes.mjs';
import { listPackages } from './lib/workspace.mjs';

await runMain(async () => {
  const bench = listPackages().find(({ folder }) => folder === 'tooling/bench');
  if (!bench?.manifest.bin)
    throw new SetupError('tooling/bench must be a workspace package with one program in "bin".');
  await ensureReady('all');
  const program = join(bench.path, Object.values(bench.manifest.bin)[0]);
  const { exitCode } = await runProgram(process.execPath, [program, ...process.argv.slice(2)], {
    show: true,
    stdoutTo: 'stdout',
  });
  if (exitCode !== 0) throw new SetupError(`The benchmark ended with code ${exitCode}.`, { exitCode });
});
