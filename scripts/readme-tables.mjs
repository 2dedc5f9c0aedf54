/**
 * Writes the tables of the root README: packages from their own descriptions, results from the scores that lie beside the weights.
 * `--check` only compares.
 */
import { join } from 'node:path';
import { runMain } from './lib/processes.mjs';
import { fillReadmeBlock } from './lib/readme-block.mjs';
import { listPackages, readJson, repositoryRoot } from './lib/workspace.mjs';

const readingOrder = ['nano-emox', '@nano-emox/cli', '@nano-emox/p2e', '@nano-emox/tasks', '@nano-emox/media'];

await runMain(() => {
  const tables = { packages: packageTable(), results: resultTable() };
  for (const [block, table] of Object.entries(tables)) {
    fillReadmeBlock(join(repositoryRoot, 'README.md'), block, table, { check: process.argv.includes('--check') });
  }
});

function packageTable() {
  const rank = ({ name }) => (readingOrder.includes(name) ? readingOrder.indexOf(name) : readingOrder.length);
  const published = listPackages()
    .filter(({ manifest }) => !manifest.private)
    .sort((a, b) => rank(a) - rank(b));
  const rows = published.map(({ name, folder, manifest }) => `| [\`${name}\`](${folder}) | ${manifest.description} |`);
  return ['| package | what it gives you |', '|---|---|', ...rows].join('\n');
}

function resultTable() {
  const { command, seed, scores } = readJson(join(repositoryRoot, 'packages', 'weights-tiny', 'scores.json'));
  const rows = scores.map(({ dataSet, split, metric, value, best, count }) => {
    return `| ${dataSet} | ${split} | ${metric} | ${value.toFixed(3)} | ${best} | ${count} |`;
  });
  const head = ['| data | part | metric | value | best | samples |', '|---|---|---|---:|---:|---:|'];
  return [`\`${command}\`, seed ${seed}:`, '', ...head, ...rows].join('\n');
}
