#!/usr/bin/env node
import { availableParallelism } from 'node:os';
import { type BenchOptions, parseCommandLine, type SectionName, usage } from './command-line';
import { loadWarning, machineFacts } from './machine';
import { formatSection, type SectionReport } from './report';
import { encoderSection } from './sections/encoder';
import { paperSection } from './sections/paper';
import { precisionSection } from './sections/precision';
import { trainSection } from './sections/train';
import { tensorflowSection, torchSection } from './sections/training';

const sections: Readonly<Record<SectionName, (options: BenchOptions) => Promise<SectionReport>>> = {
  encoder: encoderSection,
  lora: (options) => torchSection('lora', options),
  full: (options) => torchSection('full', options),
  train: trainSection,
  tensorflow: tensorflowSection,
  precision: precisionSection,
  paper: paperSection,
};

async function measure(options: BenchOptions): Promise<void> {
  const machine = machineFacts();
  const warning = loadWarning(machine);
  const say = (text: string) => options.json || console.log(text);
  const { processor, cores, memoryGib, node, onnxruntime, loadAverage } = machine;
  say(
    `${processor}, ${cores} cores, ${memoryGib} GiB; Node ${node}; onnxruntime-node ${onnxruntime}; load ${loadAverage}`,
  );
  say(
    'A ratio is the time of the rival divided by ours, median of rounds in which both ran in turn: above 1, ours is faster.',
  );
  if (warning) console.error(`warning: ${warning}`);
  const reports: SectionReport[] = [];
  for (const name of options.sections) {
    const report = await sections[name](options);
    reports.push(report);
    say(formatSection(report, warning !== undefined));
  }
  if (options.json)
    console.log(JSON.stringify({ machine, warning, threads: options.threads, sections: reports }, null, 2));
}

// An interrupted run still removes its temporary folder, which happens on exit.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

function readOptions(): BenchOptions | undefined {
  try {
    return parseCommandLine(process.argv.slice(2), availableParallelism());
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exitCode = 2;
    return undefined;
  }
}

const options = readOptions();
if (options?.help) console.log(usage);
else if (options) await measure(options);
