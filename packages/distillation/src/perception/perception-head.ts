import { bindFilledAxes } from '@nano-emox/engine';
import {
  Component,
  type ComponentOptions,
  componentFromWeights,
  createComponent,
  floatResult,
  loadComponent,
} from '@nano-emox/engine/runtime';
import { mergeWeights, prefixWeights } from '@nano-emox/engine/weights';
import type { FloatTensor, HostTensor, RunOptions } from '@nano-emox/tensor-contract';
import type { AnswerGate } from '../gate/answer-gate';
import { answerVectors } from '../gate/answer-vectors';
import type { DistillationHead } from '../head/distillation-head';
import { asTokens, requireFinite, requireRows } from '../training/row-tensors';
import type { PerceptionHeadConfig } from './perception-config';
import { perceptionHeadDefinition, perceptionHeadModule, perceptionRoots } from './perception-module';

/** Calibrated probability of every class, in the order of the labels; they sum to 1. */
export type ClassProbabilities = Readonly<Record<string, number>>;

/** What a word and the head make of one row together. */
export interface PerceptionDecision {
  /** The likeliest class. */
  readonly label: string;
  /** `word`: the word of the language model stands; `head`: the head overruled it, or there was none that could be read. */
  readonly decidedBy: 'word' | 'head';
  /** Of word and head together; those of the head where there was no word. */
  readonly probabilities: ClassProbabilities;
  /** Of the head alone. */
  readonly headProbabilities: ClassProbabilities;
}

const where = 'PerceptionHead';

/**
 * A distillation head with the gate that weighs it against the word of a language model, as one part of a model. Holds
 * native memory: `dispose()` it. Results belong to the caller.
 * @example
 * const perception = await PerceptionHead.fromPretrained('./model/perception-head');
 * const [decision] = await perception.decide(features, ['sad']);
 * console.log(decision.label, decision.decidedBy, decision.probabilities);
 */
export class PerceptionHead extends Component<PerceptionHeadConfig> {
  /** Fresh weights from `options.seed`: noise, to be trained. @throws InvalidConfigError, DeviceUnavailableError */
  static async create(
    config: Partial<PerceptionHeadConfig> = {},
    options: ComponentOptions = {},
  ): Promise<PerceptionHead> {
    return new PerceptionHead(await createComponent(perceptionHeadDefinition, config, options));
  }

  /**
   * Joins what {@link distillHead} and {@link trainGate} made; the parts stay the caller's.
   * @throws InvalidConfigError when they know other labels
   */
  static fromParts(
    reads: PerceptionHeadConfig['reads'],
    head: Pick<DistillationHead, 'config' | 'weights'>,
    gate: Pick<AnswerGate, 'config' | 'weights'>,
    options: ComponentOptions = {},
  ): Promise<PerceptionHead> {
    const weights = mergeWeights(
      prefixWeights(head.weights, perceptionRoots.head),
      prefixWeights(gate.weights, perceptionRoots.gate),
    );
    return PerceptionHead.fromWeights({ reads, head: head.config, gate: gate.config }, weights, options);
  }

  /** Weights from memory. @throws InvalidConfigError, WeightsMismatchError */
  static async fromWeights(
    config: Partial<PerceptionHeadConfig>,
    weights: ReadonlyMap<string, HostTensor>,
    options: ComponentOptions = {},
  ): Promise<PerceptionHead> {
    return new PerceptionHead(await componentFromWeights(perceptionHeadDefinition, config, weights, options));
  }

  /**
   * A folder that `save` wrote.
   * @throws MissingFileError, InvalidFileError, InvalidConfigError, WeightsMismatchError
   */
  static async fromPretrained(folder: string, options: ComponentOptions = {}): Promise<PerceptionHead> {
    return new PerceptionHead(await loadComponent(perceptionHeadDefinition, folder, options));
  }

  /** Classes in the order of the probabilities. */
  get labels(): readonly string[] {
    return this.config.head.labels;
  }

  /**
   * Decides each row. A row without a word is decided by the head alone, whatever the gate makes of no answer.
   * @param features float32 `[rows, tokens, featureDim]`, or the mean of the tokens `[rows, featureDim]`
   * @param words one of the labels per row; `undefined` for an answer that could not be read
   * @throws InvalidArgumentError for a word that is no label; ShapeMismatchError, DataTypeMismatchError, NonFiniteError,
   *   AbortedError, DisposedError
   */
  async decide(
    features: FloatTensor,
    words: readonly (string | undefined)[],
    options: RunOptions = {},
  ): Promise<readonly PerceptionDecision[]> {
    const tokens = asTokens(features);
    bindFilledAxes(tokens, perceptionHeadModule.inputs(this.config).features, where, 'features');
    requireRows(tokens, words.length, where, 'features');
    const answer = answerVectors(words, this.labels);
    const results = await this.handle.run({ features: tokens, answer }, options);
    const [together, alone] = [floatResult(results, 'probabilities'), floatResult(results, 'headProbabilities')];
    for (const tensor of [together, alone]) requireFinite(tensor, where, 'probabilities');
    return words.map((word, row) => this.decisionOf(word, this.row(together, row), this.row(alone, row)));
  }

  private row({ data }: FloatTensor, row: number): Float32Array {
    const classes = this.labels.length;
    return data.subarray(row * classes, (row + 1) * classes);
  }

  private decisionOf(word: string | undefined, together: Float32Array, alone: Float32Array): PerceptionDecision {
    const deciding = word === undefined ? alone : together;
    const named = (values: Float32Array): ClassProbabilities =>
      Object.fromEntries(this.labels.map((name, index) => [name, values[index] as number]));
    const label = this.labels[deciding.indexOf(Math.max(...deciding))] as string;
    return {
      label,
      decidedBy: label === word ? 'word' : 'head',
      probabilities: named(deciding),
      headProbabilities: named(alone),
    };
  }
}
