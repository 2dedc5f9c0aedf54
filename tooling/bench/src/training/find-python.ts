import { spawnSync } from 'node:child_process';

/** A Python that can import torch. */
export interface TorchPython {
  readonly program: string;
  readonly version: string;
}

const PROBE = "import torch, sys; print(sys.executable + '\\t' + torch.__version__)";
const PROBE_LIMIT_MS = 120_000;

/** How a person gets the PyTorch rival. */
export const torchHint =
  'PyTorch was not found. Install it (`apt install python3-torch`, or `pip install torch` in a virtual environment) and name ' +
  'the interpreter in NANO_EMOX_PYTHON; several are separated by a comma.';

/** Every interpreter of NANO_EMOX_PYTHON, the PATH and the system that has torch, one per version of torch. */
export function findTorchPythons(): TorchPython[] {
  const named = (process.env.NANO_EMOX_PYTHON ?? '').split(',').filter(Boolean);
  const found = new Map<string, TorchPython>();
  for (const program of [...named, 'python3', '/usr/bin/python3']) {
    const { status, stdout } = spawnSync(program, ['-c', PROBE], { encoding: 'utf8', timeout: PROBE_LIMIT_MS });
    const version = status === 0 ? stdout.trim().split('\t')[1] : undefined;
    if (version !== undefined && !found.has(version)) found.set(version, { program, version });
  }
  return [...found.values()];
}

/** The newest torch alone, as a list of at most one. */
export function findNewestTorch(): TorchPython[] {
  const { compare } = new Intl.Collator('en', { numeric: true });
  return findTorchPythons()
    .sort((a, b) => compare(b.version, a.version))
    .slice(0, 1);
}
