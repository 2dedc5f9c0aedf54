import { createHash } from 'node:crypto';
import { deriveSeed, Random } from '@nano-emox/engine';
import { buildSequence, type LabelledSequence, type TextTokenizer } from '@nano-emox/lm-lora';
import { type DataSet, taskSetName } from '@nano-emox/p2e';
import {
  type AnyTaskId,
  allTaskIds,
  buildPrompt,
  formatTarget,
  type PromptOptions,
  taskIds,
  taskOf,
} from '@nano-emox/tasks';
import type { EmotionSampleRow, SampleTarget } from '@nano-emox/tasks/datasets';
import {
  InvalidArgumentError,
  type Modality,
  type PromptSegment,
  type RunOptions,
  throwIfAborted,
} from '@nano-emox/tensor-contract';
import type { EmotionModelConfig } from 'nano-emox';
import { availableMode, type ClipFeatures, type EmotionSample, softTokenCounts } from 'nano-emox/training';
import { askedEmotion } from '../evaluate/predicted-answer';
import type { EmotionSource } from '../sources/emotion-source';
import { fillableMode, modalitiesOf } from './fillable-mode';
import type { SampleEvent, SampleOptions } from './sample-options';

export interface EmotionDataSetsOptions extends SampleOptions, RunOptions {
  readonly onEvent?: (event: SampleEvent) => void;
}

/** All that a clip can offer; what one lacks is known when its features are read. */
const everything: readonly Modality[] = ['frame', 'face', 'audio', 'multi'];

/**
 * The questions of a source as data sets for the trainer, one per task, named `<source>/<task>`. Rows are read once to
 * see which task each answers; a row whose prompt is too long for the model is reported and left out.
 * @param config decides soft tokens, modes that ablations leave, and whether candidates are listed
 * @throws what the source throws, AbortedError
 */
export async function emotionDataSets(
  source: EmotionSource,
  tokenizer: TextTokenizer,
  config: EmotionModelConfig,
  options: EmotionDataSetsOptions = {},
): Promise<DataSet<EmotionSample>[]> {
  const writer = new SampleWriter(tokenizer, config, source.name, options);
  const places = new Map<AnyTaskId, { readonly indices: number[]; readonly hash: ReturnType<typeof createHash> }>();
  for (let index = 0; index < source.length; index++) {
    throwIfAborted(options.signal, `reading ${source.name}`);
    const row = await source.row(index);
    for (const target of row.targets) {
      const sequence = writer.tryWrite(row, target, index, options.onEvent);
      if (!sequence) continue;
      const place = places.get(target.task) ?? { indices: [], hash: createHash('sha256') };
      places.set(target.task, place);
      place.indices.push(index);
      place.hash.update(JSON.stringify([row.id, sequence.inputIds]));
    }
  }
  return allTaskIds.flatMap((task) => {
    const place = places.get(task);
    if (!place) return [];
    return {
      name: taskSetName(source.name, task),
      length: place.indices.length,
      fingerprint: place.hash.digest('hex'),
      get: async (position) => {
        const index = place.indices[position] as number;
        const [row, features] = await Promise.all([source.row(index), source.features(index)]);
        const target = row.targets.find((candidate) => candidate.task === task) as SampleTarget;
        return { features, sequence: writer.write(row, target, index, features) };
      },
    };
  });
}

/** Puts questions: which wording, with or without the words, in which mode. */
class SampleWriter {
  private readonly seed: number;
  private readonly sequenceOptions: Parameters<typeof buildSequence>[3];

  constructor(
    private readonly tokenizer: TextTokenizer,
    private readonly config: EmotionModelConfig,
    private readonly source: string,
    private readonly options: SampleOptions,
  ) {
    this.seed = deriveSeed(options.seed ?? 0, source);
    const { specialTokens, maxPositions } = config.languageModel;
    this.sequenceOptions = { tokenCounts: softTokenCounts(config), specialTokens, maxTokens: maxPositions };
  }

  /** As {@link write} for a clip that offers everything; reports what cannot be asked. */
  tryWrite(
    row: EmotionSampleRow,
    target: SampleTarget,
    index: number,
    onEvent: (event: SampleEvent) => void = () => undefined,
  ): LabelledSequence | undefined {
    try {
      return this.write(row, target, index);
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      const { source } = this;
      onEvent({ type: 'sample-skipped', source, id: row.id, task: target.task, message: error.message });
      return undefined;
    }
  }

  write(row: EmotionSampleRow, target: SampleTarget, index: number, features?: ClipFeatures): LabelledSequence {
    const prompt = this.prompt(row, target, index, features);
    return buildSequence(this.tokenizer, prompt, targetText(target, row.candidates), this.sequenceOptions);
  }

  private prompt(row: EmotionSampleRow, target: SampleTarget, index: number, features?: ClipFeatures): PromptSegment[] {
    const { subtitle = '', dialogue } = row;
    const { task } = target;
    const random = new Random(deriveSeed(this.seed, `${task} ${index}`));
    const wording = random.integer(taskOf(task).instructions.length);
    const isWordless = this.mayHideWords(task) && random.uniform() < (this.options.wordless?.share ?? 0);
    const hasWords = subtitle !== '' || dialogue !== undefined;
    const asksIn = taskOf(task).mode === 'textonly' ? 'textonly' : row.modalityMode;
    const offered = features ? modalitiesOf(features) : everything;
    const mode = fillableMode(availableMode(asksIn, this.config), offered, hasWords) ?? 'textonly';
    const showsWords = !isWordless || mode === 'textonly';
    const candidates = this.candidatesOf(row, task);
    const emotion = askedEmotion(target);
    return buildPrompt(task, {
      mode,
      subtitle: showsWords ? subtitle : '',
      ...(showsWords && dialogue && { dialogue }),
      ...(candidates !== undefined && { candidates }),
      ...(emotion !== undefined && { emotion }),
      paraphrase: this.options.paraphrases === 'first' ? 0 : wording,
    });
  }

  private mayHideWords(task: AnyTaskId): boolean {
    const { wordless } = this.options;
    return wordless !== undefined && (wordless.tasks ?? taskIds).some((wordlessTask) => wordlessTask === task);
  }

  private candidatesOf({ candidates }: EmotionSampleRow, task: AnyTaskId): PromptOptions['candidates'] {
    if (!this.config.input.listCandidates) return false;
    return taskOf(task).candidates === undefined ? undefined : candidates;
  }
}

/** The answer with the text that closes it; labels are checked against those of the row where it has some. */
function targetText({ task, value }: SampleTarget, candidates: readonly string[] | undefined): string {
  const options = candidates && taskOf(task).candidates ? { candidates } : {};
  return formatTarget(task, value as Parameters<typeof formatTarget>[1], options);
}
