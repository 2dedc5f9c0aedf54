/** Generated parts of a README stand between `<!-- name:start -->` and `<!-- name:end -->`; nobody edits them by hand. */
import { readFileSync, writeFileSync } from 'node:fs';
import { SetupError } from './processes.mjs';

/**
 * Puts `content` between the markers called `name`.
 * @param {string} path
 * @param {string} name
 * @param {string} content
 * @param {{ check?: boolean }} [options] `check` compares instead of writing
 * @throws {SetupError} when the markers are missing, or on `check` when the block is out of date
 */
export function fillReadmeBlock(path, name, content, { check = false } = {}) {
  const text = readFileSync(path, 'utf8');
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new SetupError(`${path} has no block between ${start} and ${end}.`);
  const filled = `${text.slice(0, from + start.length)}\n${content.trim()}\n${text.slice(to)}`;
  if (filled === text) return;
  if (check) throw new SetupError(`The block "${name}" of ${path} is out of date. Run: npm run docs`);
  writeFileSync(path, filled);
}
