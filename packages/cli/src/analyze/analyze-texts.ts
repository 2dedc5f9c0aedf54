import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import type { NanoEmoX } from 'nano-emox';
import { type ExitCode, exitCodes } from '../exit-codes';
import { type CommandOutput, interruptible } from '../interruptible';
import { loadModel } from '../load-model';
import { formatError } from '../print-error';
import { formatTextReport } from '../report/format-report';
import { jsonLine, jsonText } from '../report/json-document';
import {
  type TextDocument,
  type TextFailureDocument,
  textDocument,
  textFailureDocument,
} from '../report/text-document';
import { StatusLine } from '../status-line';
import { colorsFor, lineWidth } from '../terminal';
import type { AnalyzedText } from './analyzed-text';
import { readTexts, type TextRequest, type UnreadText } from './read-texts';
import { type AnalyzeTextsOptions, emotionTasks } from './text-options';

/** The streams of the process. */
export type TextStreams = Pick<NodeJS.Process, 'stdin'> & CommandOutput;

/**
 * Loads the model once and answers about text after text, as they come; one that cannot be used does not stop the others. Everything
 * is freed before the promise settles, also after Ctrl-C.
 * @returns the exit code of the program
 */
export function analyzeTexts(options: AnalyzeTextsOptions, streams: TextStreams): Promise<ExitCode> {
  const { verbose, json, jsonl } = options;
  return interruptible((signal) => answerTexts(options, streams, signal), streams, { verbose, json: json || jsonl });
}

async function answerTexts(options: AnalyzeTextsOptions, streams: TextStreams, signal: AbortSignal): Promise<ExitCode> {
  const line = new StatusLine(streams.stderr, options);
  const results = new TextResults(options, streams);
  let model: NanoEmoX | undefined;
  let exitCode: ExitCode = exitCodes.ok;
  try {
    line.draw('loading the model');
    const startedMs = performance.now();
    model = await loadModel(options, signal);
    const loadMs = performance.now() - startedMs;
    let count = 0;
    for await (const request of requestsOf(options, streams, signal)) {
      line.draw(`answering about text ${++count}`);
      try {
        const analyzed = await analyzeRequest(model, request, options, loadMs, signal);
        line.clear();
        results.add(analyzed);
      } catch (error) {
        if (signal.aborted) throw error;
        line.clear();
        exitCode = exitCodes.failed;
        streams.stderr.write(formatError(error, options));
        results.addFailure(request, error);
      }
    }
    if (!signal.aborted) results.finish();
    return exitCode;
  } finally {
    line.clear();
    await model?.dispose();
  }
}

async function* requestsOf(
  { texts, file }: AnalyzeTextsOptions,
  { stdin }: TextStreams,
  signal: AbortSignal,
): AsyncGenerator<TextRequest | UnreadText, void, undefined> {
  for (const text of texts) yield { text };
  if (file !== undefined) yield* readTexts(file, stdin, signal);
}

async function analyzeRequest(
  model: NanoEmoX,
  request: TextRequest | UnreadText,
  { tasks, emotion: askedEmotion }: AnalyzeTextsOptions,
  loadMs: number,
  signal: AbortSignal,
): Promise<AnalyzedText> {
  if ('error' in request) throw request.error;
  const { text, emotion = askedEmotion } = request;
  const asking = tasks.find((task) => emotionTasks.includes(task));
  if (asking !== undefined && emotion === undefined) {
    throw new InvalidArgumentError({
      message: `${asking} asks about one emotion, and ${request.line === undefined ? 'none is named' : `line ${request.line} names none`}`,
      hint: 'Add --emotion for all lines, or "emotion" to the objects of JSON Lines.',
      argument: 'emotion',
    });
  }
  const outcomes = await model.analyzeText(text, { tasks, signal, ...(emotion !== undefined && { emotion }) });
  return { ...request, outcomes, model: { preset: model.config.preset, device: model.device }, loadMs };
}

/** Prints results in the form that was asked for. */
class TextResults {
  private readonly documents: (TextDocument | TextFailureDocument)[] = [];
  private printed = 0;

  constructor(
    private readonly options: AnalyzeTextsOptions,
    private readonly streams: CommandOutput,
  ) {}

  add(analyzed: AnalyzedText): void {
    const { stdout } = this.streams;
    if (this.options.json || this.options.jsonl) {
      this.addDocument(textDocument(analyzed));
      return;
    }
    const report = formatTextReport(analyzed, { colors: colorsFor(stdout), width: lineWidth(stdout) });
    stdout.write(this.printed++ === 0 ? report : `\n${report}`);
  }

  addFailure(request: TextRequest | UnreadText, error: unknown): void {
    this.addDocument(textFailureDocument(request, error));
  }

  /** Prints what has to wait for the last text. */
  finish(): void {
    const { json, texts, file } = this.options;
    const isSingle = texts.length === 1 && file === undefined;
    if (json) this.streams.stdout.write(jsonText(this.documents, isSingle, 'texts'));
  }

  private addDocument(document: TextDocument | TextFailureDocument): void {
    if (this.options.jsonl) this.streams.stdout.write(jsonLine(document));
    else if (this.options.json) this.documents.push(document);
  }
}
