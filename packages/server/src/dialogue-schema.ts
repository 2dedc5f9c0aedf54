import { MAX_TURNS, WORDS_CHARS } from './limits';

const text = { type: 'string', maxLength: WORDS_CHARS } as const;

/** JSON schema of a `DialogueRequest`. */
export const dialogueSchema = {
  type: 'object',
  required: ['history', 'input'],
  additionalProperties: false,
  properties: {
    background: text,
    history: {
      type: 'array',
      maxItems: MAX_TURNS,
      items: {
        type: 'object',
        required: ['role', 'utterance'],
        additionalProperties: false,
        properties: { role: { enum: ['speaker', 'listener'] }, utterance: text },
      },
    },
    input: { ...text, minLength: 1, pattern: '\\S' },
  },
} as const;

/** JSON schema of a `RespondRequest`. */
export const respondSchema = {
  type: 'object',
  required: ['dialogue'],
  additionalProperties: false,
  properties: { clipId: { type: 'string', maxLength: 36 }, dialogue: dialogueSchema },
} as const;
