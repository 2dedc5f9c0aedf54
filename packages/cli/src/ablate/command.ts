import type { ArgsDef } from 'citty';
import type { DocumentedCommand } from '../documented-command';
import { curriculumNames, trainingDevices } from '../train/options';
import { readAblateOptions } from './options';

/** `nano-emox ablate`: trains curricula and ablations side by side and prints the comparison. Its definition alone loads no trainer. */
export const ablateCommand: DocumentedCommand = {
  meta: {
    name: 'ablate',
    description: 'Trains curricula and ablations over seeds in equally many steps and compares them',
  },
  examples: [
    ['--curriculum p2e,joint,reverse --seeds 3', 'the comparison of the paper, from nothing'],
    ['--from tiny --seeds 3', 'the same, with the encoders and the language model of a model'],
    ['--ablation no-face,no-fusion', 'what the branches contribute'],
    ['--ablation attention-mask,attention-aligners,attention-duplex --attention 8', 'duplex attention in parts'],
    ['--from tiny --steps-scale 0.1 --clips 200 --limit 40', 'a quick look'],
  ],
  choices: { curriculum: curriculumNames, device: trainingDevices, from: ['tiny'] },
  args: {
    curriculum: {
      type: 'string',
      valueHint: 'list',
      description: 'Some of p2e,joint,reverse,p2e-released (Default: p2e,joint,reverse; p2e with --ablation)',
    },
    ablation: {
      type: 'string',
      valueHint: 'list',
      description:
        'Further rows: no-face, no-fusion, fusion-<type>, adapters-<type>, lora-rank-<rank>, attention-<part>',
    },
    seeds: { type: 'string', valueHint: 'number', description: 'Runs of each row, with seeds from 1 on (Default: 3)' },
    'steps-scale': { type: 'string', valueHint: 'factor', description: 'Factor of all steps (Default: 1)' },
    from: {
      type: 'string',
      valueHint: 'folder',
      description: 'Model whose encoders and language model all runs start from, or tiny (Default: pretrain them)',
    },
    base: {
      type: 'string',
      valueHint: 'folder',
      description: 'Run folder of nano-emox train whose pretrained parts are taken instead',
    },
    data: { type: 'string', valueHint: 'folder', description: 'Public data sets, for pretraining and sources' },
    clips: { type: 'string', valueHint: 'number', description: 'Clips to render and train on (Default: 1600)' },
    limit: { type: 'string', valueHint: 'number', description: 'Held-out clips to ask about (Default: all)' },
    attention: {
      type: 'string',
      valueHint: 'number',
      description: 'Held-out clips whose attention gaps are measured before and after training (Default: 0)',
    },
    out: { type: 'string', valueHint: 'folder', description: 'Run folder (Default: runs/ablation)' },
    cache: { type: 'string', valueHint: 'folder', description: 'Rendered clips (Default: in the folder of the base)' },
    device: { type: 'string', valueHint: 'name', description: 'auto, cpu or tfjs (Default: auto)' },
    threads: { type: 'string', valueHint: 'number', description: 'Threads to compute with (Default: all)' },
    json: { type: 'boolean', description: 'Print one JSON document instead of the table' },
    quiet: { type: 'boolean', description: 'No progress; standard error is for errors alone' },
    verbose: { type: 'boolean', description: 'Print stack traces with errors' },
  },
  async run({ args, rawArgs, cmd }) {
    const options = readAblateOptions(args._, rawArgs, cmd.args as ArgsDef);
    const { runAblation } = await import('./run-ablation');
    return runAblation(options, { stdout: process.stdout, stderr: process.stderr });
  },
};
