/**
 * Markup of prompts and answers: plain text to the tokenizer, spelled as the released Nano-EmoX code spells it, so that
 * published checkpoints read these prompts. Face and scene share the `Video` tag.
 * @see Nano-EmoX released code, prompt templates
 */
export const markup = Object.freeze({
  human: '###Human: ',
  assistant: ' ###Assistant: ',
  audio: Object.freeze(['<Audio>', '</Audio>'] as const),
  video: Object.freeze(['<Video>', '</Video>'] as const),
  multi: Object.freeze(['<Multi>', '</Multi>'] as const),
  image: Object.freeze(['<Image>', '</Image>'] as const),
  subtitle: Object.freeze(['<Subtitle>', '</Subtitle>'] as const),
  dialogueHistory: Object.freeze(['<Dialogue History>', '</Dialogue History>'] as const),
  think: Object.freeze(['<think>', '</think>'] as const),
});

/** Ends every answer; give it to the language model as a stop text. */
export const answerStop = '###';

/** Texts of control tokens that may leak into decoded text; an answer ends at the first one after its beginning. */
export const controlTexts: readonly string[] = Object.freeze([
  '<|im_start|>',
  '<|im_end|>',
  '<|endoftext|>',
  '<s>',
  '</s>',
]);

const reserved = new RegExp(
  [
    '</?(?:audio|video|multi|image|subtitle|dialogue history|think|answer|s)>',
    '<(?:image|audio|frame|face|multi)here>',
    '<\\|(?:im_start|im_end|endoftext)\\|>',
    '#{3,}',
    'assistant:',
  ].join('|'),
  'giu',
);

/**
 * Free text made safe to stand inside a prompt or an answer: one line, single spaces, a space in place of any markup, no `#` at the end,
 * so that a subtitle cannot close its own tag or speak as the assistant.
 */
export function plainText(text: string): string {
  const line = text
    .replace(reserved, ' ')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  let end = line.length;
  while (end > 0 && ' #'.includes(line[end - 1] as string)) end--; // "… #" before the stop text would end one sign early
  return line.slice(0, end);
}
