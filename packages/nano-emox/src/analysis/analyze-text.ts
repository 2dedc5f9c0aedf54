import { type AnyTaskId, modeForModalities, type TaskId, taskIds, taskOf } from '@nano-emox/tasks';
import { InvalidArgumentError, throwIfAborted } from '@nano-emox/tensor-contract';
import type { ModelComponents, OptionalComponents } from '../model/components';
import type { EmotionModelConfig } from '../model-config';
import { type AskOptions, askTask, type Question } from './ask-task';
import { ownLabels } from './decide-emotion';
import type { EncodedClip } from './encode-clip';
import type { TaskOutcome } from './events';

/** Options of {@link NanoEmoX.analyzeText}. */
export interface AnalyzeTextOptions<Id extends AnyTaskId = TaskId>
  extends AskOptions,
    Pick<Question, 'candidates' | 'dialogue' | 'emotion'> {
  /** Any of the six and of the affect tasks; EI-reg and EI-oc need `emotion`. @default all six */
  readonly tasks?: readonly Id[];
}

/** Outcomes by task; only the tasks that were asked for. */
export type TextOutcomes<Id extends AnyTaskId = TaskId> = { readonly [Key in Id]: TaskOutcome<Key> };

/** Nothing to see or hear. */
export const noClip: EncodedClip = { softTokens: [], modalities: [], evidence: {}, warnings: [] };

/** Asks about words without a clip, task by task. */
export async function analyzeText<Id extends AnyTaskId>(
  {
    components,
    config,
  }: { readonly components: ModelComponents & OptionalComponents; readonly config: EmotionModelConfig },
  words: string,
  { tasks = taskIds as readonly AnyTaskId[] as readonly Id[], signal, sampling, ...asked }: AnalyzeTextOptions<Id>,
): Promise<TextOutcomes<Id>> {
  const mode = modeForModalities(noClip.modalities, words !== '');
  const outcomes: Partial<Record<AnyTaskId, unknown>> = {};
  for (const task of requireTasks(tasks)) {
    throwIfAborted(signal, 'analyzeText');
    const labels = task === 'mer' && components.perceptionHead && ownLabels(components.perceptionHead);
    const question: Question = { mode, words, ...asked, ...labels };
    const answer = askTask(components, config, noClip, task, question, { ...(sampling && { sampling }), signal });
    let step = await answer.next();
    while (!step.done) step = await answer.next();
    outcomes[task] = step.value;
  }
  return outcomes as TextOutcomes<Id>;
}

function requireTasks<Id extends AnyTaskId>(tasks: readonly Id[]): readonly Id[] {
  if (tasks.length > 0) return [...new Set(tasks)].map((task) => taskOf(task).id);
  throw new InvalidArgumentError({
    message: 'analyzeText: no task was asked for',
    hint: 'Name some, or leave tasks out for all six.',
    argument: 'tasks',
  });
}
