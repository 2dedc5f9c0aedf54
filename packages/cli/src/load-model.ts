import { NanoEmoX } from 'nano-emox';
import type { ModelChoice } from './shared-options';

/**
 * The model of the command line; whoever asks disposes it. Its parts are compiled while it loads and while the first clip is read.
 * @throws MissingDependencyError, MissingFileError, InvalidFileError, InvalidConfigError, WeightsMismatchError,
 *   DeviceUnavailableError
 */
export function loadModel({ model, device, threads, precision }: ModelChoice, signal: AbortSignal): Promise<NanoEmoX> {
  return NanoEmoX.fromPretrained(model, { device, precision, signal, warmUp: true, ...(threads && { threads }) });
}
