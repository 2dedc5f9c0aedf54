import { fileURLToPath } from 'node:url';

/**
 * Absolute path of the model folder in this package, for `NanoEmoX.fromPretrained(folder)`. The folder is read, never written.
 * @example
 * import { folder } from '@nano-emox/weights-tiny';
 * const model = await NanoEmoX.fromPretrained(folder); // the same as fromPretrained('tiny')
 */
export const folder: string = fileURLToPath(new URL('../model', import.meta.url));
