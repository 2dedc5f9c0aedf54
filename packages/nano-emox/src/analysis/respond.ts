import { type Dialogue, modeForModalities } from '@nano-emox/tasks';
import type { AnalysisModel } from './analyze';
import { type AskOptions, askTask } from './ask-task';
import type { EncodedClip } from './encode-clip';
import type { TaskOutcome } from './events';

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
  const seen: EncodedClip = clip ?? { softTokens: [], modalities: [], evidence: {}, warnings: [] };
  const mode = modeForModalities(seen.modalities, dialogue.input !== '');
  const answer = askTask(model.components, model.config, seen, 'erg', { mode, words: '', dialogue }, options);
  let thought = '';
  let isThinking = true;
  for (;;) {
    const step = await answer.next();
    if (step.done) return step.value;
    if (!isThinking) {
      yield { part: 'response', text: step.value };
      continue;
    }
    thought += step.value;
    const end = thought.indexOf(CLOSING);
    if (end < 0) {
      yield { part: 'thought', text: step.value };
      continue;
    }
    isThinking = false;
    const rest = thought.slice(end + CLOSING.length);
    yield { part: 'thought', text: step.value.slice(0, step.value.length - rest.length) };
    if (rest !== '') yield { part: 'response', text: rest };
  }
}
