import { type ErrorDetails, NanoEmoxError } from './nano-emox-error';

/** The requested device cannot be used; an explicit device never falls back. */
export class DeviceUnavailableError extends NanoEmoxError {
  readonly code = 'DEVICE_UNAVAILABLE';
  readonly device: string;

  constructor(facts: ErrorDetails & { device: string }) {
    super(facts);
    this.device = facts.device;
  }
}
