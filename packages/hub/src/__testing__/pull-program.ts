// A program for tests with several processes: pulls a repository and prints what happens as JSON lines.
import { pullRepository } from '../pull-repository';

const [repo = '', endpoint = '', cacheFolder = ''] = process.argv.slice(2);
const pulled = await pullRepository(repo, {
  endpoint,
  cacheFolder,
  onEvent: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
});
process.stdout.write(`${JSON.stringify({ type: 'done', ...pulled })}\n`);
