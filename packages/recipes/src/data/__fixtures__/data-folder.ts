import { fileURLToPath } from 'node:url';

/** Public data sets beside the repository, or where `NANO_EMOX_DATA` says; it may not exist. */
export const dataFolder =
  process.env.NANO_EMOX_DATA ?? fileURLToPath(new URL('../../../../../../shared/data', import.meta.url));
