import type { ArgsDef } from 'citty';
import { CommandArguments } from '../arguments';
import type { DocumentedCommand } from '../documented-command';
import { outputArguments, readOutputChoice } from '../shared-options';
import { publishedModels } from './published-models';

/** `nano-emox pull`: files of a repository, or of all that a preset is made of, into the user's cache. */
export const pullCommand: DocumentedCommand = {
  meta: { name: 'pull', description: 'Fetches files of the Hugging Face hub into the cache: resumed, checked, pinned' },
  examples: [
    ['paper', 'everything frozen that the published model is made of (several GB)'],
    ['small --to smollm2', 'the language model of the preset small (270 MB)'],
    ['openai/clip-vit-large-patch14 --to clip', 'one repository, copied to a folder'],
    ['Qwen/Qwen2.5-1.5B-Instruct --files config.json,tokenizer.json', 'some of its files'],
    ['openai/clip-vit-large-patch14 --offline', 'where the cache has it; no connection is opened'],
  ],
  choices: { model: Object.keys(publishedModels) },
  args: {
    model: {
      type: 'positional',
      required: false,
      description: `Repository as owner/name, or ${Object.keys(publishedModels).join(', ')}`,
    },
    revision: { type: 'string', valueHint: 'name', description: 'Branch, tag or commit (Default: main)' },
    files: { type: 'string', valueHint: 'list', description: 'Paths in the repository (Default: all)' },
    to: { type: 'string', valueHint: 'folder', description: 'Copy the files there, too' },
    offline: { type: 'boolean', description: 'Take what the cache has; never open a connection' },
    endpoint: {
      type: 'string',
      valueHint: 'url',
      description: 'Mirror of the hub (Default: HF_ENDPOINT); a token is read from HF_TOKEN',
    },
    json: { type: 'boolean', description: 'Print one JSON document instead of folders' },
    ...outputArguments,
  },
  async run({ args, rawArgs, cmd }) {
    const given = new CommandArguments('pull', rawArgs, cmd.args as ArgsDef);
    const [model, ...strays] = args._;
    if (model === undefined || strays.length > 0) {
      given.fail('one repository or preset is pulled at a time', 'Write e.g. nano-emox pull paper.', 'model');
    }
    if (model === 'tiny')
      given.fail('tiny is not pulled', 'Its weights are the package @nano-emox/weights-tiny.', 'model');
    const files = given
      .text('files')
      ?.split(',')
      .map((path) => path.trim());
    const parts = publishedModels[model as string];
    const revision = given.text('revision');
    if (parts && (files ?? revision) !== undefined) {
      given.fail(`${model} is a preset, whose files are known`, 'Leave --files and --revision out.', 'model');
    }
    const { runPull } = await import('./run-pull');
    const options = {
      parts: parts ?? [{ repo: model as string, ...(files && { files }) }],
      revision,
      to: given.text('to'),
      offline: given.flag('offline'),
      endpoint: given.text('endpoint'),
      json: given.flag('json'),
      ...readOutputChoice(given),
    };
    return runPull(options, process);
  },
};
