import { type ErrorDetails, NanoEmoxError } from './nano-emox-error';

/** A task needs a modality that the clip does not offer. */
export class MissingModalityError extends NanoEmoxError {
  readonly code = 'MISSING_MODALITY';
  readonly modality: string;

  constructor(facts: ErrorDetails & { modality: string }) {
    super(facts);
    this.modality = facts.modality;
  }
}
