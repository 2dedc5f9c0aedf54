/** What happens while a phase runs. */
export type TrainingEvent =
  | PhaseStartEvent
  | BatchEndEvent
  | StepEndEvent
  | ValidationEndEvent
  | CheckpointEndEvent
  | CheckpointDamagedEvent
  | PhaseEndEvent;

/** A phase begins, or continues at `step`. */
export interface PhaseStartEvent {
  readonly type: 'phase-start';
  readonly phase: string;
  /** Updates made by earlier runs. */
  readonly step: number;
  readonly steps: number;
  /** Trained values. */
  readonly trainedParameters: number;
}

/** One batch of several that make an update; only where gradients are accumulated. */
export interface BatchEndEvent {
  readonly type: 'batch-end';
  readonly phase: string;
  /** The update that the batch belongs to, from 1. */
  readonly step: number;
  /** Its place in that update, from 1 to `batches`. */
  readonly batch: number;
  readonly batches: number;
  readonly dataSet: string;
  readonly loss: number;
}

/** One update. */
export interface StepEndEvent {
  readonly type: 'step-end';
  readonly phase: string;
  /** Updates made, this one included. */
  readonly step: number;
  readonly steps: number;
  /** Data set of each batch of the update: one, unless gradients are accumulated. */
  readonly dataSets: readonly string[];
  /** Mean over the batches. */
  readonly loss: number;
  /** Euclidean norm of the mean gradient before clipping. */
  readonly gradientNorm: number;
  readonly learningRates: Readonly<Record<string, number>>;
  readonly samples: number;
  /** Where the model counts them. */
  readonly tokens?: number;
  /** Waiting for data included. */
  readonly durationMs: number;
  readonly samplesPerSecond: number;
  readonly tokensPerSecond?: number;
  /** Time to the end of the phase at the mean pace of this run so far, validation and checkpoints included. */
  readonly remainingMs: number;
}

/** Held-out data judged the weights. */
export interface ValidationEndEvent {
  readonly type: 'validation-end';
  readonly phase: string;
  readonly step: number;
  readonly score: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly isBest: boolean;
}

/** From here a killed run continues. */
export interface CheckpointEndEvent {
  readonly type: 'checkpoint-end';
  readonly phase: string;
  readonly step: number;
}

/** The latest checkpoint cannot be read; the run continues from the one before, to the same bits. */
export interface CheckpointDamagedEvent {
  readonly type: 'checkpoint-damaged';
  readonly phase: string;
  /** Where the damaged file is kept. */
  readonly path: string;
  readonly message: string;
}

/** The phase is done: all steps were made, or validation ran out of patience. */
export interface PhaseEndEvent {
  readonly type: 'phase-end';
  readonly phase: string;
  readonly step: number;
  readonly reason: 'steps' | 'patience';
}
