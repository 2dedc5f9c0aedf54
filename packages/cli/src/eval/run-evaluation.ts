import {
  type EvaluationReport,
  evaluatePredictionsFile,
  evaluationText,
  scoresMarkdown,
} from '@nano-emox/recipes/scores';
import { openAiCompatibleExtractor, openAiCompatibleJudge, readEmotionWheels } from '@nano-emox/tasks/metrics';
import { type ExitCode, exitCodes } from '../exit-codes';
import type { CommandOutput } from '../interruptible';
import { Interruption } from '../interruption';
import { describeError, formatError } from '../print-error';
import { StatusLine } from '../status-line';
import type { EvalOptions } from './options';

/** Environment variable with the key of the judging service; a command line could be read by others. */
const KEY_VARIABLE = 'NANO_EMOX_JUDGE_KEY';
/** Numbers of a scored file are drawn by nobody. */
const SEED = 0;

/** What is printed, besides the scores. */
interface Outcome {
  readonly report: EvaluationReport;
  /** Facts beside the report: predictions without a row, rows and clips that could not be used. */
  readonly beside: Readonly<Record<string, unknown>>;
}

/**
 * Scores predictions or a model and prints the result; warnings and progress go to standard error.
 * @returns the exit code of the program
 */
export async function runEvaluation(options: EvalOptions, output: CommandOutput): Promise<ExitCode> {
  const line = new StatusLine(output.stderr, options);
  const interruption = new Interruption();
  try {
    const outcome = await evaluate(options, line, interruption.signal);
    line.clear();
    output.stdout.write(printed(outcome, options));
    return exitCodes.ok;
  } catch (error) {
    line.clear();
    if (interruption.exitCode !== undefined) {
      const isKept = options.subject.kind === 'model' && options.subject.out !== undefined;
      output.stderr.write(`Stopped. ${isKept ? 'The answers are kept; the same command continues.' : ''}`.trim());
      output.stderr.write('\n');
      return interruption.exitCode;
    }
    if (options.json) output.stdout.write(`${JSON.stringify({ error: describeError(error) }, null, 2)}\n`);
    output.stderr.write(formatError(error, options));
    return exitCodes.failed;
  } finally {
    interruption.dispose();
  }
}

async function evaluate(options: EvalOptions, line: StatusLine, signal: AbortSignal): Promise<Outcome> {
  const { dataSet, subject, tasks, command } = options;
  const shared = { dataSet, command, seed: SEED, signal, ...(tasks && { tasks }), ...(await scoringOf(options)) };
  if (subject.kind === 'predictions') {
    const { report, extra } = await evaluatePredictionsFile({
      ...shared,
      predictions: subject.file,
      onRowIssue: ({ message, line: number }) =>
        line.warn(number === undefined ? message : `line ${number}: ${message}`),
    });
    if (extra.length > 0)
      line.warn(`${extra.length} predictions have no row, such as ${extra[0]?.id} (${extra[0]?.task})`);
    return { report, beside: { extra } };
  }
  // Here, and not above: scoring a file needs no runtime.
  const { evaluateOnCorpus } = await import('@nano-emox/recipes');
  const { kind: _, model, out, cache, ...asking } = subject;
  line.draw('loading the model');
  const { report, leftOut } = await evaluateOnCorpus({
    ...shared,
    ...asking,
    model,
    ...(out !== undefined && { answersFile: out }),
    ...(cache !== undefined && { cacheFolder: cache }),
    onEvent: (event) => {
      if (event.type === 'features-delta') line.draw(`encoding clips ${event.loadedClips}/${event.totalClips}`);
      else if (event.type === 'answers-delta') line.draw(`asking about clips ${event.askedClips}/${event.totalClips}`);
      else if (event.type === 'row-issue' || event.type === 'media-skipped') line.warn(event.message);
    },
  });
  return { report, beside: { leftOut } };
}

async function scoringOf({ wheels, judge }: EvalOptions) {
  const apiKey = process.env[KEY_VARIABLE];
  const service = judge && { ...judge, ...(apiKey && { apiKey }) };
  return {
    ...(wheels !== undefined && { wheels: await readEmotionWheels(wheels) }),
    ...(service && { judge: openAiCompatibleJudge(service), extractor: openAiCompatibleExtractor(service) }),
  };
}

function printed({ report, beside }: Outcome, { format }: EvalOptions): string {
  if (format === 'json') return `${JSON.stringify({ ...report, ...beside }, null, 2)}\n`;
  return format === 'markdown' ? scoresMarkdown(report.scores) : evaluationText(report);
}
