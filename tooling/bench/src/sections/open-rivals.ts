import { fileURLToPath } from 'node:url';
import type { BenchOptions } from '../command-line';
import type { Contestant } from '../measure/contestant';
import type { Series } from '../measure/interleave';
import { LinePeer, PeerError } from '../measure/line-peer';
import type { TorchPython } from '../training/find-python';

/** Time for a rival to start. Importing PyTorch from a cold disk takes tens of seconds. */
const START_LIMIT_SECONDS = 120;

/** Opens what can be opened; the rest becomes notes. */
export async function openRivals(openers: readonly (() => Promise<Contestant>)[], missing: string) {
  const opened: Contestant[] = [];
  const notes: string[] = openers.length === 0 ? [missing] : [];
  for (const open of openers) {
    try {
      opened.push(await open());
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      notes.push(`a rival did not start: ${error.message}. ${missing}`);
    }
  }
  return { opened, notes };
}

/** A script of this package in every one of `pythons`. */
export function torchOpeners(
  pythons: readonly TorchPython[],
  script: string,
  folder: string,
  { capSeconds }: BenchOptions,
) {
  const path = fileURLToPath(new URL(`../python/${script}`, import.meta.url));
  return pythons.map(
    ({ program }) =>
      () =>
        LinePeer.start(program, [path, folder], START_LIMIT_SECONDS, capSeconds),
  );
}

/** A built script of this package in a Node process of its own. */
export function startNodePeer(script: string, args: readonly string[], { capSeconds }: BenchOptions) {
  const path = fileURLToPath(new URL(`./${script}`, import.meta.url));
  return LinePeer.start(process.execPath, [path, ...args], START_LIMIT_SECONDS, capSeconds);
}

/** Largest difference between the losses of the same steps. */
export const lossDifference = (own: Series['samples'], other: Series['samples']): number =>
  Math.max(...own.map(({ loss }, index) => Math.abs((loss as number) - (other[index]?.loss as number))));
