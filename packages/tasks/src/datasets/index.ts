/**
 * Readers of the data sets behind the six tasks. For Node: they read files.
 * @module @nano-emox/tasks/datasets
 */
export { type CorpusName, corpora } from './corpora';
export type {
  AnnotationFiles,
  Corpus,
  CorpusLayout,
  Fields,
  Join,
  LabelList,
  MediaTemplates,
  PathSegment,
  RecordFormat,
  TargetRule,
  Template,
} from './corpus';
export { type IndexedDataSet, indexDataSet } from './index-data-set';
export { openDataSet } from './open-data-set';
export type { DataSetOptions } from './options';
export type { EmotionSampleRow, SampleMedia, SampleTarget } from './row';
export { InvalidRowError, type RowIssue } from './row-issue';
export { type TableDescription, tableDataSet } from './table-data-set';
