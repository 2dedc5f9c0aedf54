import type { EncodedClip, NanoEmoX } from 'nano-emox';
import { sampleClip } from 'nano-emox/sample-clip';
import { type ExitCode, exitCodes } from '../exit-codes';
import { interruptible } from '../interruptible';
import { loadModel } from '../load-model';
import { formatError } from '../print-error';
import { StatusLine } from '../status-line';
import { colorsFor } from '../terminal';
import { wordsFor } from '../words/words-for';
import { Conversation } from './conversation';
import type { ChatOptions } from './options';
import { pipedTurns, typedTurns } from './read-turns';
import { JsonView, TextView, type TurnView } from './turn-view';

/** The streams of the process. */
export type ChatStreams = Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr'>;

/**
 * Holds a conversation until the input ends. A turn that cannot be answered does not end it. Everything is freed before the
 * promise settles.
 * @returns the exit code of the program
 */
export function runChat(options: ChatOptions, streams: ChatStreams): Promise<ExitCode> {
  const stopped = 'Stopped.';
  return interruptible((signal) => chat(options, streams, signal), streams, { ...options, stopped });
}

async function chat(options: ChatOptions, streams: ChatStreams, signal: AbortSignal): Promise<ExitCode> {
  const line = new StatusLine(streams.stderr, options);
  let model: NanoEmoX | undefined;
  try {
    line.draw('loading the model');
    model = await loadModel(options, signal);
    const { clip, words } = await readClip(model, options, line, signal);
    line.clear();
    const { background, historyTurns } = options;
    const conversation = new Conversation(model, {
      historyTurns,
      ...(clip && { clip }),
      ...(background !== undefined && { background }),
    });
    const { stdin, stdout } = streams;
    if (stdin.isTTY) line.say(`model ${model.config.preset} on ${model.device}; Ctrl-D ends`);
    const view = options.json ? new JsonView(stdout, options) : new TextView(stdout, options);
    const talk = new Talk(conversation, view, options, streams, line);
    if (words !== '') await talk.answer(words, false, signal);
    const isTyped = stdin.isTTY && stdout.isTTY;
    for await (const input of turns(streams, signal)) await talk.answer(input, isTyped, signal);
    return talk.exitCode;
  } finally {
    line.clear();
    await model?.dispose();
    // A terminal that is still being read would keep the program alive.
    streams.stdin.destroy();
  }
}

/** The clip and its words, where there is one. */
async function readClip(
  model: NanoEmoX,
  options: ChatOptions,
  line: StatusLine,
  signal: AbortSignal,
): Promise<{ readonly clip?: EncodedClip; readonly words: string }> {
  if (options.clip === undefined) return { words: '' };
  const path = options.clip === 'sample' ? undefined : options.clip.path;
  const { text: words } = await wordsFor(path, options);
  line.draw('reading the clip');
  const clip = await model.encode(path ?? sampleClip.path, { signal });
  for (const { message } of clip.warnings) line.warn(message);
  return { clip, words };
}

function turns({ stdin, stdout, stderr }: ChatStreams, signal: AbortSignal): AsyncGenerator<string> {
  if (!stdin.isTTY) return pipedTurns(stdin, signal);
  const screen = stdout.isTTY ? stdout : stderr;
  return typedTurns(stdin, screen, colorsFor(screen).cyan('speaker> '), signal);
}

/** Asks, shows, and keeps account of failures. */
class Talk {
  exitCode: ExitCode = exitCodes.ok;
  private saidLeftOut = false;

  constructor(
    private readonly conversation: Conversation,
    private readonly view: TurnView,
    private readonly options: ChatOptions,
    private readonly streams: ChatStreams,
    private readonly line: StatusLine,
  ) {}

  /** @throws what ends the conversation: an abort */
  async answer(input: string, isTyped: boolean, signal: AbortSignal): Promise<void> {
    this.view.start(input, { isTyped });
    const reply = this.conversation.say(input, signal);
    try {
      let step = await reply.next();
      for (; !step.done; step = await reply.next()) this.view.delta(step.value);
      this.view.end(step.value.outcome);
      this.tellLeftOut(step.value.leftOut);
    } catch (error) {
      this.view.fail(error);
      if (signal.aborted) throw error;
      this.streams.stderr.write(formatError(error, this.options));
      this.exitCode = exitCodes.failed;
    } finally {
      await reply.return(undefined as never); // frees what the answer holds
    }
  }

  private tellLeftOut(leftOut: number): void {
    if (leftOut === 0 || this.saidLeftOut) return;
    this.saidLeftOut = true;
    this.line.warn('the conversation is longer than the model can read; its oldest turns are left out');
  }
}
