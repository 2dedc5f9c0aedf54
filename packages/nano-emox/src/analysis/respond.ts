import { type Dialogue, modeForModalities } from '@nano-emox/tasks';
import type { AnalysisModel } from './analyze';
import { noClip } from './analyze-text';
import { type AskOptions, askTask } from './ask-task';
import type { EncodedClip } from './encode-clip';
import type { TaskOutcome } from './events';
import { mapPieces } from './map-pieces';

/** A piece of an empathic answer as it appears: first the chain of empathy, then what is said. */
export interface ResponseDelta {
  readonly part: 'thought' | 'response';
  readonly text: string;
}

const CLOSING = '</think>';

/** Streams the answer to a dialogue, with or without a clip of the speaker; returns what it means. */
export async function* respondTo(
  model: AnalysisModel,
  dialogue: Dialogue,
  clip: EncodedClip | undefined,
  options: AskOptions,
): AsyncGenerator<ResponseDelta, TaskOutcome<'erg'>, undefined> {
  const seen = clip ?? noClip;
  const mode = modeForModalities(seen.modalities, dialogue.input !== '');
  const answer = askTask(model.components, model.config, seen, 'erg', { mode, words: '', dialogue }, options);
  return yield* mapPieces(answer, splitAtThoughtEnd());
}

/** Sorts pieces of text into thought and response; the end of the thought may lie across pieces. */
function splitAtThoughtEnd(): (text: string) => Iterable<ResponseDelta> {
  let thought = '';
  let isThinking = true;
  return function* (text) {
    if (!isThinking) {
      yield { part: 'response', text };
      return;
    }
    thought += text;
    const end = thought.indexOf(CLOSING);
    if (end < 0) {
      yield { part: 'thought', text };
      return;
    }
    isThinking = false;
    const rest = thought.slice(end + CLOSING.length);
    yield { part: 'thought', text: text.slice(0, text.length - rest.length) };
    if (rest !== '') yield { part: 'response', text: rest };
  };
}
