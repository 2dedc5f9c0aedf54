import { join } from 'node:path';
import { type PullEvent, type PulledRepository, pullRepository } from '@nano-emox/hub';
import { bytesText, progressText } from '../bytes-text';
import { type ExitCode, exitCodes } from '../exit-codes';
import { type CommandOutput, interruptible } from '../interruptible';
import type { OutputChoice } from '../shared-options';
import { StatusLine } from '../status-line';

/** What is pulled. */
export interface PullChoice extends OutputChoice {
  readonly parts: readonly { readonly repo: string; readonly files?: readonly string[] }[];
  readonly revision: string | undefined;
  readonly to: string | undefined;
  readonly offline: boolean;
  readonly endpoint: string | undefined;
  readonly json: boolean;
}

/** Pulls one repository after the other and prints where each is. @returns the exit code of the program */
export function runPull(choice: PullChoice, output: CommandOutput): Promise<ExitCode> {
  const line = new StatusLine(output.stderr, choice);
  const work = async (signal: AbortSignal): Promise<ExitCode> => {
    const pulled: PulledRepository[] = [];
    try {
      for (const [index, part] of choice.parts.entries())
        pulled.push(await pullPart(choice, index, part, line, signal));
    } finally {
      line.clear();
    }
    output.stdout.write(choice.json ? `${JSON.stringify({ repositories: pulled }, null, 2)}\n` : foldersText(pulled));
    return exitCodes.ok;
  };
  const stopped = 'Stopped. What has arrived is kept; the same command continues.';
  return interruptible(work, output, { ...choice, stopped });
}

async function pullPart(
  { parts, to, revision, offline, endpoint }: PullChoice,
  index: number,
  { repo, files }: PullChoice['parts'][number],
  line: StatusLine,
  signal: AbortSignal,
): Promise<PulledRepository> {
  const isOneOfMany = parts.length > 1;
  const title = isOneOfMany ? `${index + 1}/${parts.length} ${repo}` : repo;
  const onEvent = (event: PullEvent) => {
    if (event.type === 'pull-wait') line.say(`${title}: another process is pulling it; waiting`);
    else if (event.type !== 'pull-end') line.draw(`${title}: ${progressText(event.loadedBytes, event.totalBytes)}`);
  };
  const folder = to !== undefined && isOneOfMany ? join(to, repo.split('/').at(-1) as string) : to;
  return pullRepository(repo, { revision, files, to: folder, offline, endpoint, signal, onEvent });
}

const foldersText = (pulled: readonly PulledRepository[]): string =>
  pulled
    .map(({ repo, commit, folder, sizeBytes }) => `${repo} ${commit.slice(0, 12)} ${bytesText(sizeBytes)} ${folder}\n`)
    .join('');
