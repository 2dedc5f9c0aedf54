import type { ArgsDef } from 'citty';
import type { DocumentedCommand } from '../documented-command';
import { modelArguments, modelChoices, outputArguments, wordsArguments } from '../shared-options';
import { DEFAULT_HISTORY_TURNS, readChatOptions } from './options';

/** `nano-emox chat`: a conversation with the empathic responder. Its definition alone loads no part of the model. */
export const chatCommand: DocumentedCommand = {
  meta: {
    name: 'chat',
    description: 'Talks with you about a clip, or without one; each answer begins with the chain of empathy',
  },
  examples: [
    ['', 'talk without a clip; Ctrl-D ends'],
    ['talk.mp4 --words "I passed!"', 'about a clip: its words are the first turn'],
    ['--sample --hide-chain', 'about the sample clip, responses alone'],
    ['talk.mp4 --json < turns.txt', 'a turn a line in, JSON lines out'],
  ],
  choices: modelChoices,
  args: {
    clip: { type: 'positional', required: false, description: 'Video or audio file of the speaker' },
    sample: { type: 'boolean', description: 'Take the sample clip' },
    ...wordsArguments,
    background: { type: 'string', valueHint: 'text', description: 'What the model should know beforehand' },
    history: {
      type: 'string',
      valueHint: 'number',
      description: `Earlier turns that the model reads (Default: ${DEFAULT_HISTORY_TURNS})`,
    },
    'hide-chain': { type: 'boolean', description: 'Show the responses alone' },
    ...modelArguments,
    json: { type: 'boolean', description: 'Print every event as a line of JSON' },
    ...outputArguments,
  },
  async run({ args, rawArgs, cmd }) {
    const options = readChatOptions(args._, rawArgs, cmd.args as ArgsDef);
    const { runChat } = await import('./run-chat');
    return runChat(options, process);
  },
};
