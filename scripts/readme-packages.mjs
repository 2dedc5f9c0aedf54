/** Writes the package table of the root README from the packages' own descriptions. `--check` only compares. */
import { join } from 'node:path';
import { runMain } from './lib/processes.mjs';
import { fillReadmeBlock } from './lib/readme-block.mjs';
import { listPackages, repositoryRoot } from './lib/workspace.mjs';

const readingOrder = ['nano-emox', '@nano-emox/cli', '@nano-emox/p2e', '@nano-emox/tasks', '@nano-emox/media'];

await runMain(() => {
  const rank = ({ name }) => (readingOrder.includes(name) ? readingOrder.indexOf(name) : readingOrder.length);
  const published = listPackages()
    .filter(({ manifest }) => !manifest.private)
    .sort((a, b) => rank(a) - rank(b));
  const rows = published.map(({ name, folder, manifest }) => `| [\`${name}\`](${folder}) | ${manifest.description} |`);
  const table = ['| package | what it gives you |', '|---|---|', ...rows].join('\n');
  fillReadmeBlock(join(repositoryRoot, 'README.md'), 'packages', table, { check: process.argv.includes('--check') });
});
