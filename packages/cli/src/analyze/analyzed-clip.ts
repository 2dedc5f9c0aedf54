import type { AnalysisResult } from 'nano-emox';
import type { AttentionFigure } from '../report/attention-chart';
import type { ClipWords } from '../words/clip-words';

/** What the report and the JSON document are made from. */
export interface AnalyzedClip {
  readonly path: string;
  readonly words: ClipWords;
  readonly result: AnalysisResult;
  /** Time to load the model, once for all clips. */
  readonly loadMs: number;
  /** Frames that the model saw as `data:` addresses; made for the HTML report alone. */
  readonly pictures?: readonly string[];
  /** How unevenly the model attends; measured for that report where it is asked for. */
  readonly attention?: AttentionFigure;
}
