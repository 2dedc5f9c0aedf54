export { type AblationReport, ablate, ablationMarkdown, ablationText, orderedMetrics } from './ablate';
export type { AblateOptions, AblationBase, AblationEvent } from './ablate-options';
export { type AblateTinyOptions, ablateTiny } from './ablate-tiny';
export { type OrderedPair, type OrderVerdict, orderVerdict, paperOrder } from './order-verdict';
