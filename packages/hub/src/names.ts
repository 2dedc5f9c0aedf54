import { InvalidArgumentError, InvalidFileError } from '@nano-emox/tensor-contract';

/** Whether a revision names one state of a repository for ever: a whole commit id. */
export const isCommit = (revision: string): boolean => /^[0-9a-f]{40}$/.test(revision);

/** Requires `owner/name`, or a bare `name` of the hub's early days. @throws InvalidArgumentError */
export function requireRepositoryName(repo: string): string {
  const segments = repo.split('/');
  const isName = (segment: string) => /^[\w.-]{1,96}$/.test(segment) && !/^\.|\.$|--|\.\./.test(segment);
  if (segments.length <= 2 && segments.every(isName)) return repo;
  throw new InvalidArgumentError({
    message: `${JSON.stringify(repo.slice(0, 100))} is not the name of a repository`,
    hint: 'Write owner/name, as in the address of its page.',
    argument: 'repo',
  });
}

/** Requires a branch, tag or commit that can be part of an address and of a path. @throws InvalidArgumentError */
export function requireRevision(revision: string): string {
  if (/^[\w.][\w./+-]{0,199}$/.test(revision) && !/\.\.|^\.+$/.test(revision)) return revision;
  throw new InvalidArgumentError({
    message: `${JSON.stringify(revision.slice(0, 100))} is not a revision`,
    hint: 'Give a branch, a tag, or a commit of 40 hexadecimal digits.',
    argument: 'revision',
  });
}

/**
 * Requires the path of a file of a repository to stay inside the folder it is put into.
 * @param path as the service states it, which is not trusted
 * @throws InvalidFileError
 */
export function requireInnerPath(path: unknown, repo: string): string {
  if (typeof path === 'string' && path.length <= 1000 && !/[\\\0]|^[A-Za-z]:/.test(path)) {
    if (path.split('/').every((segment) => !['', '.', '..'].includes(segment))) return path;
  }
  const shown = JSON.stringify(path)?.slice(0, 100);
  throw new InvalidFileError({
    message: `${repo}: the file name ${shown} would leave the folder of the repository`,
    hint: 'Nothing was written. Do not use this repository.',
    path: String(path).slice(0, 100),
  });
}
