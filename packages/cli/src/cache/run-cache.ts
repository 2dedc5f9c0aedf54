import {
  type CompiledModel,
  clearCompiledModels,
  compiledModelsFolder,
  listCompiledModels,
} from '@nano-emox/engine/runtime';
import { type CachedRepository, cacheClear, cacheList, cacheVerify, hubCacheFolder } from '@nano-emox/hub';
import { bytesText, progressText } from '../bytes-text';
import { type ExitCode, exitCodes } from '../exit-codes';
import { type CommandOutput, interruptible } from '../interruptible';
import type { OutputChoice } from '../shared-options';
import { StatusLine } from '../status-line';

/** What is done with the cache. */
export interface CacheChoice extends OutputChoice {
  readonly action: 'list' | 'verify' | 'clear';
  readonly subject: 'everything' | 'repository' | 'compiled';
  /** Of the subject `repository`. */
  readonly repo: string | undefined;
  readonly remove: boolean;
  readonly json: boolean;
}

/** What an action found: as a document, in words, and whether all is well. */
interface Finding {
  readonly document: object;
  readonly text: string;
  readonly isWell?: boolean;
}

/** @returns the exit code of the program: 1 when a file is wrong */
export function runCache(choice: CacheChoice, output: CommandOutput): Promise<ExitCode> {
  const line = new StatusLine(output.stderr, choice);
  const work = async (signal: AbortSignal): Promise<ExitCode> => {
    const {
      document,
      text,
      isWell = true,
    } = await actions[choice.action](choice, line, signal).finally(() => line.clear());
    output.stdout.write(choice.json ? `${JSON.stringify(document, null, 2)}\n` : text);
    return isWell ? exitCodes.ok : exitCodes.failed;
  };
  return interruptible(work, output, choice);
}

type Action = (choice: CacheChoice, line: StatusLine, signal: AbortSignal) => Promise<Finding>;

const actions: Readonly<Record<CacheChoice['action'], Action>> = {
  async list(choice) {
    const folder = hubCacheFolder();
    const repositories = choice.subject === 'compiled' ? [] : await cacheList(choice);
    const models = choice.subject === 'repository' ? [] : await listCompiledModels();
    const pulled = repositories.length === 0 ? [] : [...repositories.flatMap(repositoryLines), folder];
    const lines = [...pulled, ...(models.length === 0 ? [] : [...compiledLines(models), compiledModelsFolder()])];
    const nothing = `Nothing is cached in ${choice.subject === 'compiled' ? compiledModelsFolder() : folder}.`;
    const text = `${(lines.length === 0 ? [nothing] : lines).join('\n')}\n`;
    return { document: { folder, repositories, compiled: { folder: compiledModelsFolder(), models } }, text };
  },

  async verify({ repo, remove }, line, signal) {
    const found = await cacheVerify({
      repo,
      remove,
      signal,
      onProgress: ({ checkedBytes, totalBytes }) => line.draw(`checking: ${progressText(checkedBytes, totalBytes)}`),
    });
    const { files, sizeBytes, problems } = found;
    const verdict = problems.length === 0 ? 'all as they should be' : `${problems.length} wrong`;
    const lines = problems.map((wrong) => `${wrong.repo} ${wrong.commit.slice(0, 12)} ${wrong.problem}`);
    const text = `${[...lines, `${files} files, ${bytesText(sizeBytes)}: ${verdict}`].join('\n')}\n`;
    return { document: found, text, isWell: problems.length === 0 };
  },

  async clear({ subject, repo }, _line, signal) {
    const pulledBytes = subject === 'compiled' ? 0 : await cacheClear({ repo, signal });
    const freedBytes = pulledBytes + (subject === 'repository' ? 0 : await clearCompiledModels({ signal }));
    return { document: { freedBytes }, text: `Freed ${bytesText(freedBytes)}.\n` };
  },
};

const repositoryLines = ({ repo, sizeBytes, commits }: CachedRepository): string[] => [
  `${repo}  ${bytesText(sizeBytes)}`,
  ...commits.map(({ commit, revisions, files, sizeBytes }) =>
    `  ${commit.slice(0, 12)}  ${files} files  ${bytesText(sizeBytes)}  ${revisions.join(', ')}`.trimEnd(),
  ),
];

const compiledLines = (models: readonly CompiledModel[]): string[] => [
  `compiled models  ${bytesText(models.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))}`,
  ...models.map(
    ({ name, sizeBytes, usedAt }) => `  ${name.slice(0, 12)}  ${bytesText(sizeBytes)}  used ${usedAt.slice(0, 10)}`,
  ),
];
