import type { AnswerGrammar, Reading } from '../answer/answer-grammar';
import { requireFreeText } from '../answer/free-text';
import type { TextSpan, ValueSpan } from '../answer/outcome';
import { canonicalLabel, requirePlainLabel } from '../labels/plain-label';
import { markup } from '../prompt/markup';
import { defaultModalityMode } from '../prompt/modality-modes';
import type { ChainOfEmpathy, EmpathyValue, TaskDefinition } from '../task';

const [openThink, closeThink] = markup.think;

/**
 * The four steps in their order: the label that begins the line, and the names under which a line is recognised –
 * ours, and those of the AvaMERG training targets ("Secondly, the emotion of the speaker is …").
 */
const steps: readonly { field: keyof ChainOfEmpathy; label: string; names: string }[] = [
  {
    field: 'eventScenario',
    label: 'Event',
    names: 'event(?: scenario)?(?: of (?:this|the) (?:conversation|dialogue))?',
  },
  {
    field: 'speakerEmotion',
    label: 'Emotion',
    names: "(?:(?:speaker|user)(?:'s)? )?emotion(?: of the (?:speaker|user))?",
  },
  { field: 'emotionCause', label: 'Cause', names: '(?:emotion(?:al)? )?cause' },
  { field: 'goalToResponse', label: 'Goal', names: '(?:response )?goal(?: (?:to|of) (?:the )?response)?' },
];

const forms = steps.map(({ field, names }) => ({
  field,
  form: new RegExp(
    `^[^\\p{L}\\n]{0,16}(?:(?:first|second|third|fourth|final)(?:ly)?,? )?(?:the )?${names}(?: is\\b:?|:)[^\\S\\n]*(?<value>\\S.*)$`,
    'dimu',
  ),
}));

function format({ chainOfEmpathy, response }: EmpathyValue): string {
  const where = 'formatAnswer(erg)';
  const lines = steps.map(({ field, label }) => {
    const step = chainOfEmpathy[field];
    const text =
      field === 'speakerEmotion' ? requirePlainLabel(step, where, field) : requireFreeText(step, where, field);
    return `${label}: ${text}`;
  });
  return [openThink, ...lines, closeThink, requireFreeText(response, where, 'response')].join('\n');
}

function read(answer: string): Reading<EmpathyValue> {
  const think = thinkBlock(answer);
  if ('reason' in think) return think;

  const block = answer.slice(think.start, think.end);
  const found = new Map<keyof ChainOfEmpathy, ValueSpan>();
  for (const { field, form } of forms) {
    const line = form.exec(block)?.indices?.groups?.value;
    if (!line) return { reason: 'missing-step', detail: `The think block has no line for ${field}.` };
    found.set(field, { field, ...trimmed(answer, think.start + line[0], think.start + line[1], field) });
  }
  const response = trimmed(answer, think.next, answer.length);
  if (response.start === response.end) {
    return { reason: 'missing-response', detail: 'Nothing follows the think block.' };
  }
  const textOf = (field: keyof ChainOfEmpathy) => textIn(answer, found.get(field) as ValueSpan);
  const chainOfEmpathy = {
    eventScenario: textOf('eventScenario'),
    speakerEmotion: canonicalLabel(textOf('speakerEmotion')),
    emotionCause: textOf('emotionCause'),
    goalToResponse: textOf('goalToResponse'),
  };
  const spans = [...found.values(), { field: 'response' as const, ...response }].sort((a, b) => a.start - b.start);
  return { value: { chainOfEmpathy, response: textIn(answer, response) }, spans };
}

type Unread = Extract<Reading<EmpathyValue>, { reason: unknown }>;

/** Inside of the think block, and where the text after it begins. Some decoders swallow the opening tag. */
function thinkBlock(answer: string): (TextSpan & { readonly next: number }) | Unread {
  const open = answer.indexOf(openThink);
  const start = open < 0 ? 0 : open + openThink.length;
  const end = answer.indexOf(closeThink, start);
  if (end >= 0) return { start, end, next: end + closeThink.length };
  return open < 0
    ? { reason: 'missing-think-block', detail: 'The answer has no think block.' }
    : {
        reason: 'unclosed-think-block',
        detail: 'The think block is not closed; raise maxNewTokens if it was cut off.',
      };
}

const textIn = (text: string, { start, end }: TextSpan) => text.slice(start, end);

/** Narrows a range to what is not space; a label also loses its full stop. */
function trimmed(text: string, start: number, end: number, field?: keyof ChainOfEmpathy): TextSpan {
  const surplus = field === 'speakerEmotion' ? /[\s.!]/ : /\s/;
  let [from, to] = [start, end];
  while (from < to && /\s/.test(text[from] as string)) from++;
  while (to > from && surplus.test(text[to - 1] as string)) to--;
  return { start: from, end: to };
}

const answer: AnswerGrammar<EmpathyValue> = {
  pattern: [
    openThink,
    'Event: {eventScenario}',
    'Emotion: {speakerEmotion}',
    'Cause: {emotionCause}',
    'Goal: {goalToResponse}',
    closeThink,
    '{response}',
  ].join('\n'),
  format,
  read,
};

/** Empathic response generation: four steps of thought, then the response. */
export const erg: TaskDefinition<'erg'> = Object.freeze({
  id: 'erg',
  abbreviation: 'ERG',
  title: 'Empathic response generation',
  level: 'interaction',
  tag: '[Interaction]',
  instructions: Object.freeze([
    'First think inside <think></think> about event, emotion, cause and goal. Then respond with empathy.',
    'Work out what happened, what the speaker feels, why, and what would help, inside <think></think>. Then answer kindly.',
    'Before you respond, write event, emotion, cause and goal inside <think></think>.',
  ]),
  mode: defaultModalityMode,
  context: 'dialogue',
  answer: Object.freeze(answer),
  confidenceFields: Object.freeze(['speakerEmotion'] as const),
});
