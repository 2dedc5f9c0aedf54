import type { ArgsDef } from 'citty';
import type { DocumentedCommand } from '../documented-command';
import { curriculumNames, presetNames, readTrainOptions, trainingDevices } from './options';

/** `nano-emox train`: data in, a run folder with a model out. Its definition alone loads no part of the trainer. */
export const trainCommand: DocumentedCommand = {
  meta: {
    name: 'train',
    description: 'Trains a model; a run that was stopped is continued by the same command',
  },
  examples: [
    ['--preset tiny --curriculum p2e', 'from nothing, on clips that are rendered'],
    ['--data data --out runs/mine', 'the same, and on public data sets in that folder'],
    ['--steps-scale 0.1 --ablation no-fusion', 'a tenth of the steps, without the fusion'],
    ['--from tiny --dataset meld=data/MELD', 'on a corpus, with the encoders of a model'],
  ],
  choices: { preset: presetNames, curriculum: curriculumNames, device: trainingDevices, from: ['tiny'] },
  args: {
    preset: { type: 'string', valueHint: 'name', description: 'Recipe to follow from nothing: tiny (Default: tiny)' },
    curriculum: {
      type: 'string',
      valueHint: 'name',
      description: 'p2e, joint, reverse or p2e-released (Default: p2e)',
    },
    ablation: {
      type: 'string',
      valueHint: 'name',
      description: 'Change one part: no-face, no-fusion, fusion-<type>, adapters-<type>, lora-rank-<rank>, ...',
    },
    out: { type: 'string', valueHint: 'folder', description: 'Run folder (Default: runs/<what is trained>)' },
    from: {
      type: 'string',
      valueHint: 'folder',
      description: 'Model whose encoders and language model are taken, or tiny; needs --dataset',
    },
    dataset: {
      type: 'string',
      valueHint: 'name=folder',
      description: 'Corpus to train on, may be repeated; any other name needs a dataset.json in its folder',
    },
    data: { type: 'string', valueHint: 'folder', description: 'Public data sets for the preset' },
    'face-teacher': {
      type: 'string',
      valueHint: 'file',
      description: 'What a larger network says of their faces (FER2013), to learn from beside the labels; needs --data',
    },
    clips: { type: 'string', valueHint: 'number', description: 'Clips to render for the preset (Default: 1600)' },
    cache: {
      type: 'string',
      valueHint: 'folder',
      description: 'Rendered clips of the preset, or features of corpora (Default: in the run folder)',
    },
    seed: { type: 'string', valueHint: 'number', description: 'Decides everything random (Default: 1)' },
    'steps-scale': { type: 'string', valueHint: 'factor', description: 'Factor of all steps (Default: 1)' },
    patience: {
      type: 'string',
      valueHint: 'number',
      description: 'Ends a phase of the curriculum after so many verdicts without a new best (Default: never)',
    },
    device: { type: 'string', valueHint: 'name', description: 'auto, cpu or tfjs (Default: auto)' },
    threads: { type: 'string', valueHint: 'number', description: 'Threads to compute with (Default: all)' },
    json: { type: 'boolean', description: 'Print every event as a line of JSON' },
    quiet: { type: 'boolean', description: 'No progress; standard error is for errors alone' },
    verbose: { type: 'boolean', description: 'Print stack traces with errors' },
  },
  async run({ args, rawArgs, cmd }) {
    const options = readTrainOptions(args._, rawArgs, cmd.args as ArgsDef);
    const { runTraining } = await import('./run-training');
    return runTraining(options, { stdout: process.stdout, stderr: process.stderr });
  },
};
