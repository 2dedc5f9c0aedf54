import { type ChatEndpointOptions, chatEndpoint } from '@nano-emox/tensor-contract';
import { readOpenLabels } from '../open-labels';
import { firstNumber, type Judge, type LabelExtractor } from './judge';

const instructions = {
  clues: [
    'You compare two descriptions of the same video clip.',
    'In each, consider only what bears on emotion: face, voice, gesture, words, situation, and the feelings concluded from them.',
    'Rate how far the two agree, from 1 (nothing in common) to 10 (the same clues and conclusions).',
    'Answer with the number alone.',
  ].join(' '),
  labels: [
    'You compare two lists of emotion words for the same person.',
    'Words of nearly the same meaning count as the same.',
    'Rate how far the two lists agree, from 1 (nothing in common) to 10 (the same emotions).',
    'Answer with the number alone.',
  ].join(' '),
} as const;

/**
 * A judge behind any OpenAI-compatible endpoint. Nothing is sent until it is asked. The wording of the questions is our own,
 * so scores are comparable between models judged alike, not with published ones.
 * @throws InvalidArgumentError for an address that is not http(s)
 */
export function openAiCompatibleJudge(options: ChatEndpointOptions): Judge {
  const ask = chatEndpoint(options);
  return {
    async compare({ about, gold, prediction }, call) {
      const reply = await ask(instructions[about], `First:\n${gold}\n\nSecond:\n${prediction}`, call);
      return { score: firstNumber(reply), reply };
    },
  };
}

const extraction = [
  'You read a description of a person and list the emotions of that person that it clearly names or shows.',
  'Answer with English words in lower case, separated by commas, inside square brackets, and nothing else.',
  'Examples: "He beams and thanks everybody." gives [happy, grateful]; "She sits at a desk." gives [].',
].join(' ');

/**
 * Label extraction by a model behind any OpenAI-compatible endpoint. Nothing is sent until it is asked.
 * @throws InvalidArgumentError for an address that is not http(s)
 */
export function openAiCompatibleExtractor(options: ChatEndpointOptions): LabelExtractor {
  const ask = chatEndpoint(options);
  return {
    async extract(text, call) {
      const reply = await ask(extraction, text, call);
      const list = /\[[^\]]*\]/.exec(reply)?.[0] ?? '';
      return [...new Set(readOpenLabels(list, { apostrophes: 'keep' }))];
    },
  };
}
