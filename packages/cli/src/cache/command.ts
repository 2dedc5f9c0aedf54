import type { ArgsDef } from 'citty';
import { CommandArguments } from '../arguments';
import type { DocumentedCommand } from '../documented-command';
import { outputArguments, readOutputChoice } from '../shared-options';

const actions = ['list', 'verify', 'clear'] as const;

/** Stands in the place of a repository for the models that were compiled; no repository has this name. */
const COMPILED = 'compiled';

/** `nano-emox cache`: what was pulled and compiled, whether it is still right, and away with it. */
export const cacheCommand: DocumentedCommand = {
  meta: { name: 'cache', description: 'Lists, checks or empties the cache of pulled files and compiled models' },
  examples: [
    ['list', 'repositories, commits, compiled models and what they take'],
    ['verify', 'read every file and compare its checksum; exit code 1 when one is wrong'],
    ['verify --remove', 'the same, and take wrong files away, so that the next pull fetches them'],
    ['clear openai/clip-vit-large-patch14', 'remove one repository; everything without a name'],
    ['clear compiled', 'remove the compiled models, which are compiled again when they are loaded'],
  ],
  choices: { action: actions, repo: [COMPILED] },
  args: {
    action: { type: 'positional', required: false, description: 'list, verify or clear' },
    repo: { type: 'positional', required: false, description: `A repository, or ${COMPILED} (Default: everything)` },
    remove: { type: 'boolean', description: 'With verify: remove files that are wrong' },
    json: { type: 'boolean', description: 'Print one JSON document' },
    ...outputArguments,
  },
  async run({ args, rawArgs, cmd }) {
    const given = new CommandArguments('cache', rawArgs, cmd.args as ArgsDef);
    const [name, repo, ...strays] = args._;
    const action = actions.find((known) => known === name);
    if (action === undefined || strays.length > 0) {
      return given.fail(
        action === undefined ? `there is no action "${name ?? ''}"` : `"${strays[0]}" is one word too many`,
        `Write nano-emox cache ${actions.join('|')} [repository or ${COMPILED}].`,
        'action',
      );
    }
    const remove = given.flag('remove');
    if (remove && action !== 'verify') given.fail('--remove belongs to verify', 'Leave it out.', 'remove');
    const subject = repo === COMPILED ? 'compiled' : repo === undefined ? 'everything' : 'repository';
    if (subject === 'compiled' && action === 'verify') {
      given.fail('compiled models are not verified', 'They are checked when they are loaded.', 'repo');
    }
    const { runCache } = await import('./run-cache');
    return runCache({ action, subject, repo, remove, json: given.flag('json'), ...readOutputChoice(given) }, process);
  },
};
