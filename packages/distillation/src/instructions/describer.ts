import type { RunOptions } from '@nano-emox/tensor-contract';
import type { Description, LabelledMedia } from './instruction-record';

/** Says what an image or clip shows, knowing its emotion and not naming it. */
export interface Describer {
  /** Name for the records. */
  readonly source: string;
  /**
   * @throws EndpointError with status 200 where an answer came that is no description; such samples are skipped and
   *   reported
   */
  describe(sample: LabelledMedia, classes: readonly string[], options: RunOptions): Promise<Description>;
}
