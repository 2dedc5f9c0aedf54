import { join } from 'node:path';
import { ablations } from '@nano-emox/p2e';
import { type AblationEvent, ablateTiny, ablationText, type TinyEvent } from '@nano-emox/recipes';
import { type ExitCode, exitCodes } from '../exit-codes';
import type { CommandOutput } from '../interruptible';
import { Interruption } from '../interruption';
import { describeError, formatError } from '../print-error';
import { StatusLine } from '../status-line';
import { UsageError } from '../usage-error';
import type { AblateCommandOptions } from './options';

/**
 * Trains and compares, telling on standard error how far it is, and prints the table with what it shows.
 * @returns the exit code of the program
 * @throws UsageError for an ablation that is none
 */
export async function runAblation(options: AblateCommandOptions, output: CommandOutput): Promise<ExitCode> {
  requireAblations(options.ablations);
  const line = new StatusLine(output.stderr, options);
  const interruption = new Interruption();
  try {
    const report = await compare(options, line, interruption.signal);
    line.clear();
    output.stdout.write(
      options.json
        ? `${JSON.stringify(report, null, 2)}\n`
        : `${ablationText(report)}\nReport  ${join(options.out, 'comparison.html')}\n`,
    );
    return exitCodes.ok;
  } catch (error) {
    line.clear();
    if (interruption.exitCode !== undefined) {
      output.stderr.write(`Stopped; what was done is kept in ${options.out}. The same command continues.\n`);
      return interruption.exitCode;
    }
    if (options.json) output.stdout.write(`${JSON.stringify({ error: describeError(error) }, null, 2)}\n`);
    output.stderr.write(formatError(error, options));
    return exitCodes.failed;
  } finally {
    interruption.dispose();
  }
}

async function compare(options: AblateCommandOptions, line: StatusLine, signal: AbortSignal) {
  const {
    curricula,
    ablations: rows,
    seeds,
    stepsScale,
    from,
    base,
    data,
    clips,
    limit,
    attentionClips,
    out,
    cache,
  } = options;
  const { device, threads, command } = options;
  // As for `analyze --model`: `tiny` is the preset, `./tiny` a folder of that name.
  const model = from === 'tiny' ? (await import('@nano-emox/weights-tiny')).folder : from;
  return ablateTiny({
    ...{ curricula, ablations: rows, seeds, stepsScale, runFolder: out, device, command, signal },
    ...(model !== undefined && { from: model }),
    ...(base !== undefined && { baseRun: base }),
    ...(data !== undefined && { dataFolder: data }),
    ...(clips !== undefined && { clips: { train: clips, validation: Math.max(7, Math.round(clips / 10)) } }),
    ...(limit !== undefined && { limit }),
    ...(attentionClips !== undefined && { attentionClips }),
    ...(cache !== undefined && { cacheFolder: cache }),
    ...(threads !== undefined && { threads }),
    onEvent: (event) => show(event, line),
  });
}

function show(event: AblationEvent | TinyEvent, line: StatusLine): void {
  const passing = passingText(event);
  if (passing !== undefined) line.draw(passing);
  else if (event.type === 'stage-start') line.say(`── pretraining: ${event.stage}`);
  else if (event.type === 'run-start') {
    line.say(`── run ${event.run} of ${event.totalRuns}: ${event.name}, seed ${event.seed}`);
  } else if (event.type === 'data-missing') line.warn(event.message);
}

/** What is drawn over the line before. */
function passingText(event: AblationEvent | TinyEvent): string | undefined {
  switch (event.type) {
    case 'render-delta':
      return `rendering clips ${event.renderedClips}/${event.totalClips}`;
    case 'step-end':
      return `${event.phase} ${event.step}/${event.steps}  loss ${event.loss.toFixed(4)}`;
    case 'run-delta':
      return `${event.name} ${event.step}/${event.steps}  loss ${event.loss.toFixed(4)}`;
    case 'answers-delta':
      return `${event.name}: asking about clips ${event.askedClips}/${event.totalClips}`;
    default:
      return undefined;
  }
}

function requireAblations(names: readonly string[]): void {
  const unknown = names.filter((name) => !Object.hasOwn(ablations, name));
  if (unknown.length === 0) return;
  throw new UsageError({
    message: `--ablation: there is no ablation "${unknown.join('", "')}"`,
    hint: `There are ${Object.keys(ablations).join(', ')}.`,
    argument: 'ablation',
  });
}
