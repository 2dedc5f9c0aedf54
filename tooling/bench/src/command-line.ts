import { parseArgs } from 'node:util';

export const sectionNames = ['encoder', 'lora', 'full', 'train', 'tensorflow', 'precision', 'paper'] as const;
export type SectionName = (typeof sectionNames)[number];

/** What to run and how. */
export interface BenchOptions {
  readonly sections: readonly SectionName[];
  readonly json: boolean;
  readonly help: boolean;
  readonly threads: number;
  readonly rounds: number;
  readonly capSeconds: number;
}

export const usage = `usage: pnpm bench [SECTION…] [--json] [--rounds N] [--threads N] [--cap-seconds N]

Prints ratios of speed, rivals measured in turn with the engine in one run. Sections, all by default:
  encoder      encoder blocks of the engine against the same graph written by hand for ONNX Runtime
  lora         LoRA training step against PyTorch
  full         training step of all weights against PyTorch
  train        steps of phases 2 and 3 of the curriculum against PyTorch; second epoch against the first; memory
  tensorflow   both steps of a smaller model against TensorFlow.js on WebAssembly
  precision    how far int8 and int4 are from float32 (no times)
  paper        encoders and language model of the paper's size, random weights; takes 10 GB of disk in the cache folder

  --json           one JSON document instead of tables
  --rounds N       measured runs of each rival (default 5)
  --threads N      threads of every rival (default: all cores)
  --cap-seconds N  longest wait for one run of a rival, and for the rounds of one comparison (default 300)

NANO_EMOX_PYTHON names Python interpreters with PyTorch, separated by commas.`;

function count(value: string | undefined, fallback: number, name: string): number {
  const number = value === undefined ? fallback : Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new RangeError(`--${name} is ${value}: give a whole number above 0`);
  return number;
}

/** @throws TypeError or RangeError with a message for the user */
export function parseCommandLine(args: readonly string[], cores: number): BenchOptions {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: flag, help: { ...flag, short: 'h' }, threads: text, rounds: text, 'cap-seconds': text },
  });
  const unknown = positionals.filter((name) => !sectionNames.includes(name as SectionName));
  if (unknown.length > 0)
    throw new RangeError(`no section ${unknown.join(', ')}: choose from ${sectionNames.join(', ')}`);
  return {
    sections: sectionNames.filter((name) => positionals.length === 0 || positionals.includes(name)),
    json: values.json,
    help: values.help,
    threads: count(values.threads, cores, 'threads'),
    rounds: count(values.rounds, 5, 'rounds'),
    capSeconds: count(values['cap-seconds'], 300, 'cap-seconds'),
  };
}
