import { NanoEmoxError } from '@nano-emox/tensor-contract';

/** The result of reading a file that need not exist; other failures stay failures. */
export const ifThere = <T>(read: Promise<T>): Promise<T | undefined> =>
  read.catch((error: unknown) => {
    if (NanoEmoxError.isInstance(error) && error.code === 'MISSING_FILE') return undefined;
    throw error;
  });
