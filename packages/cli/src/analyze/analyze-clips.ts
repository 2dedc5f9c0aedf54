import { type NanoEmoX as EmotionModel, NanoEmoX } from 'nano-emox';
import { sampleClip } from 'nano-emox/sample-clip';
import { type ExitCode, exitCodes } from '../exit-codes';
import { Interruption } from '../interruption';
import { formatError } from '../print-error';
import { formatReport } from '../report/format-report';
import { type ClipFailureDocument, failureDocument, jsonText, resultDocument } from '../report/json-document';
import { colorsFor, lineWidth, type OutputStream } from '../terminal';
import { type ClipWords, wordsFromFile, wordsFromSidecar } from '../words/clip-words';
import type { AnalyzedClip } from './analyzed-clip';
import type { AnalyzeOptions } from './options';
import { ProgressLine } from './progress-line';

/** Where a command writes. */
export interface CommandOutput {
  /** The result and nothing else. */
  readonly stdout: OutputStream;
  /** Progress and errors. */
  readonly stderr: OutputStream;
}

/** One clip and its words, as given on the command line. */
interface ClipRequest {
  readonly path: string;
  readonly words: () => Promise<ClipWords>;
}

/**
 * Loads the model once and analyses clip after clip; a clip that cannot be used does not stop the others. Everything is freed
 * before the promise settles, also after Ctrl-C.
 * @returns the exit code of the program
 */
export async function analyzeClips(options: AnalyzeOptions, output: CommandOutput): Promise<ExitCode> {
  const requests = clipRequests(options);
  const progress = new ProgressLine(output.stderr, requests.length, options);
  const interruption = new Interruption();
  const { signal } = interruption;
  let model: EmotionModel | undefined;
  let exitCode: ExitCode = exitCodes.ok;
  const documents: (ReturnType<typeof resultDocument> | ClipFailureDocument)[] = [];
  const fail = (error: unknown, ...failed: readonly ClipRequest[]) => {
    if (signal.aborted) return; // said once, at the end
    progress.clear();
    exitCode = exitCodes.failed;
    output.stderr.write(formatError(error, options));
    documents.push(...failed.map(({ path }) => failureDocument(path, error)));
  };
  try {
    progress.say('loading the model');
    const startedMs = performance.now();
    const { device, threads } = options;
    try {
      model = await NanoEmoX.fromPretrained(options.model, { device, signal, ...(threads && { threads }) });
    } catch (error) {
      fail(error, ...requests);
    }
    const loadMs = performance.now() - startedMs;
    for (const [index, request] of model ? requests.entries() : []) {
      if (signal.aborted) break;
      progress.startClip(index);
      try {
        const analyzed = await analyzeClip(model as EmotionModel, request, loadMs, options, progress, signal);
        progress.clear();
        if (options.json) documents.push(resultDocument(analyzed));
        else output.stdout.write(reportOf(analyzed, output.stdout, index));
      } catch (error) {
        fail(error, request);
      }
    }
  } finally {
    progress.clear();
    await model?.dispose();
    interruption.dispose();
  }
  if (interruption.exitCode !== undefined) {
    output.stderr.write('Stopped; nothing was left half-done.\n');
    return interruption.exitCode;
  }
  if (options.json) output.stdout.write(jsonText(documents, requests.length));
  return exitCode;
}

function clipRequests({ clips, words, wordsFile }: AnalyzeOptions): readonly ClipRequest[] {
  const given =
    words !== undefined
      ? async (): Promise<ClipWords> => ({ text: words, source: words === '' ? 'none' : 'option' })
      : wordsFile !== undefined
        ? () => wordsFromFile(wordsFile)
        : undefined;
  if (clips.length > 0) return clips.map((path) => ({ path, words: given ?? (() => wordsFromSidecar(path)) }));
  return [{ path: sampleClip.path, words: given ?? (async () => ({ text: sampleClip.words, source: 'sample' })) }];
}

async function analyzeClip(
  model: EmotionModel,
  { path, words: readWords }: ClipRequest,
  loadMs: number,
  { tasks }: AnalyzeOptions,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<AnalyzedClip> {
  const words = await readWords();
  const onEvent = progress.show.bind(progress);
  const result = await model.analyze(path, { tasks, words: words.text, signal, onEvent });
  return { path, words, result, loadMs };
}

function reportOf(analyzed: AnalyzedClip, stdout: OutputStream, index: number): string {
  const report = formatReport(analyzed, { colors: colorsFor(stdout), width: lineWidth(stdout) });
  return index === 0 ? report : `\n${report}`;
}
