import { InvalidArgumentError } from '@nano-emox/tensor-contract';

/** The command line cannot be understood; the program ends with exit code 2. */
export class UsageError extends InvalidArgumentError {}
