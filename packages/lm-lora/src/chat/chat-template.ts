import { InvalidArgumentError, InvalidFileError } from '@nano-emox/tensor-contract';
import { LimitError } from '../within-time';
import { BoundedTemplate } from './bounded-template';

/** One message of a conversation. */
export interface ChatMessage {
  /** `system`, `user` or `assistant`, unless the template knows others. */
  readonly role: string;
  /** Special tokens written out in it are recognised, as in every text: do not pass on what a stranger wrote unseen. */
  readonly content: string;
}

/** How a conversation becomes text. */
export interface RenderChatOptions {
  /** Whether the text ends where the answer of the assistant begins. @default true */
  readonly addGenerationPrompt?: boolean;
  /** Text of the token that begins a sequence, for templates that write it. @default '' */
  readonly bosToken?: string;
  /** Text of the token that ends a sequence. @default '' */
  readonly eosToken?: string;
}

/**
 * The template by which an instruct model was taught to read conversations, in the Jinja dialect of Hugging Face. It is a program from a
 * file; one that would not end, or would fill the memory, is an error.
 */
export class ChatTemplate {
  private constructor(
    /** Text of the template, for saving. */
    readonly source: string,
    private readonly template: BoundedTemplate,
    private readonly where: string,
  ) {}

  /**
   * @param where what `source` was read from, for messages
   * @throws InvalidFileError when `source` is not a template
   */
  static parse(source: string, where = 'chat template'): ChatTemplate {
    try {
      return new ChatTemplate(source, new BoundedTemplate(source), where);
    } catch (cause) {
      throw unusable(where, 'cannot be read', cause);
    }
  }

  /**
   * The text of a conversation.
   * @throws InvalidArgumentError when there is no message, or the template refuses them
   * @throws InvalidFileError when the template takes more time or memory than any conversation needs
   */
  render(messages: readonly ChatMessage[], options: RenderChatOptions = {}): string {
    const { addGenerationPrompt = true, bosToken = '', eosToken = '' } = options;
    if (messages.length === 0) throw refused('there are no messages', 'Give at least one, e.g. of the role user.');
    const variables = {
      // Templates may change what they are given.
      messages: messages.map(({ role, content }) => ({ role, content })),
      add_generation_prompt: addGenerationPrompt,
      bos_token: bosToken,
      eos_token: eosToken,
    };
    try {
      const characters = messages.reduce((sum, { role, content }) => sum + role.length + content.length, 0);
      return this.template.render(variables, characters);
    } catch (cause) {
      if (cause instanceof LimitError) throw unusable(this.where, 'is not run any further', cause);
      throw refused(messageOf(cause), 'Check the roles and their order.', cause);
    }
  }
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

const unusable = (where: string, problem: string, cause: unknown) =>
  new InvalidFileError({
    message: `${where}: the chat template ${problem}: ${messageOf(cause)}`,
    hint: 'Give the template that belongs to the model, or the text of the conversation itself.',
    path: where,
    cause,
  });

const refused = (problem: string, hint: string, cause?: unknown) =>
  new InvalidArgumentError({
    message: `the chat template cannot write the conversation: ${problem}`,
    hint,
    argument: 'messages',
    ...(cause !== undefined && { cause }),
  });
