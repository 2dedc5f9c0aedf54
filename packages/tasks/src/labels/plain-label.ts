import { InvalidArgumentError } from '@nano-emox/tensor-contract';

/** Longest label a list may hold, in UTF-16 units; more than that is a sentence. */
export const maxLabelLength = 40;

const labelForm = /^\p{L}(?:[\p{L}\p{M}\p{N}' -]*[\p{L}\p{M}\p{N}])?$/u;

/** Lower case, single spaces, none at the ends: the form in which labels are compared and returned. */
export function canonicalLabel(label: string): string {
  return label.trim().replace(/\s+/g, ' ').toLowerCase();
}

/**
 * Whether a canonical label can stand in an answer and be read back: letters, digits, spaces, hyphens and apostrophes,
 * beginning with a letter, without the word "and", which joins labels.
 */
export function isPlainLabel(label: string): boolean {
  return label.length <= maxLabelLength && labelForm.test(label) && !label.split(' ').includes('and');
}

/**
 * The canonical form of `label`, for writing it into an answer or a prompt.
 * @throws InvalidArgumentError when it could not be read back
 */
export function requirePlainLabel(label: string, where: string, argument: string): string {
  const canonical = canonicalLabel(label);
  if (isPlainLabel(canonical)) return canonical;
  throw new InvalidArgumentError({
    message: `${where}: ${argument} "${label}" is not a plain label`,
    hint: `Use up to ${maxLabelLength} letters, digits, spaces, hyphens or apostrophes, without "and".`,
    argument,
  });
}

/**
 * Canonical candidates of a closed-set task.
 * @throws InvalidArgumentError when the list is empty, repeats a label or holds one that is not plain
 */
export function requireCandidates(candidates: readonly string[], where: string): readonly string[] {
  const labels = candidates.map((label) => requirePlainLabel(label, where, 'candidates'));
  if (labels.length > 0 && new Set(labels).size === labels.length) return labels;
  throw new InvalidArgumentError({
    message: `${where}: candidates ${labels.length === 0 ? 'are empty' : 'repeat a label'}`,
    hint: 'Pass each possible label once, or leave candidates out to use the default set of the task.',
    argument: 'candidates',
  });
}
