import type { ArgsDef } from 'citty';
import { CommandArguments } from '../arguments';
import type { DocumentedCommand } from '../documented-command';
import { modelArguments, modelChoices, outputArguments, readModelChoice, readOutputChoice } from '../shared-options';

/** `nano-emox doctor`: looks at the machine and at what is installed. Its definition alone loads no part of the model. */
export const doctorCommand: DocumentedCommand = {
  meta: {
    name: 'doctor',
    description: 'Says what works on this machine, what is missing, and why; tries the model out',
  },
  examples: [
    ['', 'everything, with the model that comes along'],
    ['--model ./mine --device cuda', 'a model of your own on a device of your choice'],
    ['--json', 'the same for a bug report'],
  ],
  choices: modelChoices,
  args: {
    ...modelArguments,
    json: { type: 'boolean', description: 'Print one JSON document instead of the list' },
    ...outputArguments,
  },
  async run({ args, rawArgs, cmd }) {
    const given = new CommandArguments('doctor', rawArgs, cmd.args as ArgsDef);
    const [stray] = args._;
    if (stray !== undefined) given.fail(`"${stray}" belongs to no option`, 'Name a model with --model.', 'args');
    const options = { ...readModelChoice(given), json: given.flag('json'), ...readOutputChoice(given) };
    const { runDoctor } = await import('./run-doctor');
    return runDoctor(options, process);
  },
};
