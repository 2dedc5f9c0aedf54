import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { framePictures } from '@nano-emox/media';
import type { HostTensor } from '@nano-emox/tensor-contract';
import type { AnalysisEvent, EncodedClip, NanoEmoX } from 'nano-emox';
import { sampleClip } from 'nano-emox/sample-clip';
import { type ExitCode, exitCodes } from '../exit-codes';
import type { CommandOutput } from '../interruptible';
import { Interruption } from '../interruption';
import { loadModel } from '../load-model';
import { formatError } from '../print-error';
import { UsageError } from '../usage-error';
import type { ClipWords } from '../words/clip-words';
import { wordsFor } from '../words/words-for';
import type { AnalyzedClip } from './analyzed-clip';
import { ClipResults } from './clip-results';
import { type FoundClip, findClips } from './find-clips';
import { type AnalyzeOptions, checkWordsFit } from './options';
import { ProgressLine } from './progress-line';

/** One clip and its words, as given on the command line. */
interface ClipRequest extends Omit<FoundClip, 'name'> {
  readonly words: () => Promise<ClipWords>;
}

/**
 * Loads the model once and analyses clip after clip; a clip that cannot be used does not stop the others. Everything is freed
 * before the promise settles, also after Ctrl-C.
 * @returns the exit code of the program
 * @throws UsageError before anything is started
 */
export async function analyzeClips(options: AnalyzeOptions, output: CommandOutput): Promise<ExitCode> {
  const requests = await clipRequests(options);
  await checkReportFolder(options.html);
  const isSingle = options.clips.length <= 1 && requests.every(({ path, error }) => !error && isGiven(path, options));
  const results = new ClipResults(output.stdout, options, isSingle);
  const progress = new ProgressLine(output.stderr, requests.length, options);
  const interruption = new Interruption();
  const { signal } = interruption;
  let model: NanoEmoX | undefined;
  let exitCode: ExitCode = exitCodes.ok;
  const fail = (error: unknown, ...failed: readonly ClipRequest[]) => {
    if (signal.aborted) return; // said once, at the end
    progress.clear();
    exitCode = exitCodes.failed;
    output.stderr.write(formatError(error, options));
    for (const { path } of failed) results.addFailure(path, error);
  };
  try {
    progress.say('loading the model');
    const startedMs = performance.now();
    try {
      model = await loadModel(options, signal);
    } catch (error) {
      fail(error, ...requests);
    }
    const loadMs = performance.now() - startedMs;
    for (const [index, request] of model ? requests.entries() : []) {
      if (signal.aborted) break;
      progress.startClip(index);
      try {
        const analyzed = await analyzeClip(model as NanoEmoX, request, loadMs, options, progress, signal);
        progress.clear();
        results.add(analyzed);
      } catch (error) {
        fail(error, request);
      }
    }
    if (!signal.aborted) await results.finish().catch((error) => fail(error));
  } finally {
    progress.clear();
    await model?.dispose();
    interruption.dispose();
  }
  if (interruption.exitCode === undefined) return exitCode;
  output.stderr.write('Stopped; nothing was left half-done.\n');
  return interruption.exitCode;
}

/** Whether a clip is the sample or stands on the command line as it is, not found in a folder or by a pattern. */
function isGiven(path: string, { clips }: AnalyzeOptions): boolean {
  return clips.length === 0 || clips[0] === path;
}

/** A report that cannot be written is refused before an hour of work, not after it. */
async function checkReportFolder(html: string | undefined): Promise<void> {
  if (html === undefined) return;
  const folder = await stat(dirname(html)).catch(() => undefined);
  const existing = await stat(html).catch(() => undefined);
  if (folder?.isDirectory() && !existing?.isDirectory()) return;
  throw new UsageError({
    message: existing ? `--html ${html} is a folder` : `there is no folder ${dirname(html)} for --html`,
    hint: 'Name a file in a folder that exists. See nano-emox analyze --help',
    argument: 'html',
  });
}

async function clipRequests(options: AnalyzeOptions): Promise<readonly ClipRequest[]> {
  if (options.clips.length === 0) {
    return [{ path: sampleClip.path, words: () => wordsFor(undefined, options) }];
  }
  const found = await findClips(options.clips);
  checkWordsFit(found.length, options);
  return found.map((clip) => ({
    ...clip,
    words: () => wordsFor(clip.path, options),
  }));
}

async function analyzeClip(
  model: NanoEmoX,
  { path, error, words: readWords }: ClipRequest,
  loadMs: number,
  { tasks, timeline, html, attention: isAttentionAsked }: AnalyzeOptions,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<AnalyzedClip> {
  if (error) throw error;
  const words = await readWords();
  let frames: HostTensor<'uint8'> | undefined;
  let encoded: EncodedClip | undefined;
  const onEvent = (event: AnalysisEvent) => {
    progress.show(event);
    if (event.type === 'clip-read' && html !== undefined) frames = event.frames;
    if (event.type === 'clip-encoded' && isAttentionAsked) encoded = event.clip;
  };
  const result = await model.analyze(path, { tasks, words: words.text, timeline, signal, onEvent });
  // As pictures they take a fiftieth of the memory, which counts where a folder of clips is reported on one page.
  const pictures = frames && framePictures(frames);
  const measured = encoded && (await model.measureAttention(encoded, { words: words.text, signal }));
  const attention = measured && (await (await import('../report/attention-chart')).attentionFigure(measured));
  return { path, words, result, loadMs, ...(pictures && { pictures }), ...(attention && { attention }) };
}
