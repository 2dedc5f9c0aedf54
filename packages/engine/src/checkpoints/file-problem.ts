import { InvalidFileError } from '@nano-emox/tensor-contract';

/** Why a file of weights cannot be read. @param problem what is wrong, without the path */
export function fileProblem(
  path: string,
  problem: string,
  hint = 'The file is damaged, incomplete or of another format; fetch or export it again.',
  cause?: unknown,
): InvalidFileError {
  return new InvalidFileError({ message: `${path}: ${problem}`, hint, path, cause });
}

/** A name out of a file that may be hostile, quoted and short enough for a message. */
export function quoteName(name: unknown): string {
  const text = JSON.stringify(name, (_, value) => (typeof value === 'bigint' ? `${value}n` : value)) ?? String(name);
  return text.length > 120 ? `${text.slice(0, 117)}…"` : text;
}

/** Names in a message: the first few, and how many there are. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 10).map(quoteName).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}
