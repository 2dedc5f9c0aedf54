/** Runs the command line on the bundled sample clip and puts what it prints into the root README and that of the program. */
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ensureReady } from './bootstrap.mjs';
import { lastLines, runMain, runProgram, SetupError } from './lib/processes.mjs';
import { fillReadmeBlock } from './lib/readme-block.mjs';
import { repositoryRoot } from './lib/workspace.mjs';

await runMain(async () => {
  await ensureReady('@nano-emox/cli');
  const program = join(repositoryRoot, 'packages', 'cli', 'dist', 'main.js');
  const { exitCode, stdout, output } = await runProgram(process.execPath, [program, 'analyze'], {
    cwd: repositoryRoot,
    env: { ...process.env, NO_COLOR: '1' },
    waitingFor: 'analysing the sample clip',
  });
  if (exitCode !== 0) throw new SetupError(`The analysis ended with code ${exitCode}.\n\n${lastLines(output)}`);
  const report = stripVTControlCharacters(stdout).replaceAll(repositoryRoot, '.').trim();
  if (report === '') throw new SetupError('The analysis printed nothing on standard output.');
  for (const [folder, command] of [
    ['.', 'npm start'],
    ['packages/cli', 'nano-emox analyze'],
  ]) {
    const block = `\`\`\`text\n$ ${command}\n\n${report}\n\`\`\``;
    fillReadmeBlock(join(repositoryRoot, folder, 'README.md'), 'output', block);
  }
});
