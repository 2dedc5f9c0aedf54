// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { fileURLToPath } from 'node:url';
import { indexDataSet, openDataSet, tableDataSet } from '@nano-emox/tasks/datasets';

// Twenty-five corpora are known by name: openDataSet('mintrec', './MIntRec'). This is a table of one's own.
const mine = tableDataSet({
  name: 'my-clips',
  files: { train: 'train.csv' },
  id: '{clip}',
  subtitle: '{text}',
  media: { video: ['clips/{clip}.mp4'] },
  targets: [{ task: 'mer', label: '{emotion}', labels: ['happy', 'sad'] }],
});
const root = fileURLToPath(new URL('my-clips', import.meta.url));

// Row by row; what cannot be used is reported with its line.
const onRowIssue = ({ line, message }: { line?: number; message: string }) => console.log(`line ${line}: ${message}`);
for await (const { id, subtitle, targets } of openDataSet(mine, root, { badRows: 'skip', onRowIssue })) {
  console.log(id, subtitle, targets[0]);
}

// Or at random, as a trainer reads: the index holds places, not rows.
const indexed = await indexDataSet(mine, root, { badRows: 'skip' });
console.log(indexed.length, (await indexed.get(1)).id);
await indexed.dispose();
