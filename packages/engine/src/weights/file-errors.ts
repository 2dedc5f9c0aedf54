import { InvalidFileError, MissingFileError, NanoEmoxError } from '@nano-emox/tensor-contract';

/** Turns a failure of the file system at `path` into a typed error to throw; errors of this project, and of other origin, pass unchanged. */
export function fileError(error: unknown, path: string, action: 'read' | 'written'): unknown {
  if (NanoEmoxError.isInstance(error)) return error;
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (syscall === undefined && code !== 'ERR_INVALID_ARG_VALUE') return error; // the latter: a path with a NUL in it
  if (action === 'read' && (code === 'ENOENT' || code === 'ENOTDIR')) {
    return new MissingFileError({ message: `${path} does not exist`, hint: 'Check the path.', path, cause: error });
  }
  return new InvalidFileError({
    message: `${path} cannot be ${action}: ${code}`,
    hint:
      action === 'read' ? 'Check that it is a file you may read.' : 'Check permissions and free space of the folder.',
    path,
    cause: error,
  });
}
