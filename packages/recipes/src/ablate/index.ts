export { type AblationReport, ablate, ablationMarkdown, ablationText, orderedMetrics } from './ablate';
export type { AblateOptions, AblationBase, AblationEvent } from './ablate-options';
export { type OrderedPair, type OrderVerdict, orderVerdict, paperOrder } from './order-verdict';
