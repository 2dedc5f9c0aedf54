/** The three kinds of EmoVLM-KD: name the emotion, describe what is seen, conclude from it. */
export const instructionKinds = Object.freeze(['categorical', 'conversational', 'reasoning'] as const);

/** One of {@link instructionKinds}. */
export type InstructionKind = (typeof instructionKinds)[number];

/** An image or clip with its emotion. */
export interface LabelledMedia {
  /** Unique within the data set; records are named after it. */
  readonly id: string;
  readonly media: { readonly image?: string; readonly video?: string };
  readonly label: string;
  /** What is known to be visible or audible, each a short phrase, e.g. `a clenched jaw`; templates build on it. */
  readonly clues?: readonly string[];
}

/** What somebody who looked says, without the name of the emotion. */
export interface Description {
  /** Key elements that bear on emotion. */
  readonly elements: string;
  /** From the elements towards the emotion. */
  readonly reasoning: string;
}

/** One turn of instruction tuning. */
export interface InstructionRecord {
  /** `{sample}#{kind}`. */
  readonly id: string;
  readonly kind: InstructionKind;
  readonly media: LabelledMedia['media'];
  readonly label: string;
  readonly instruction: string;
  readonly answer: string;
  /** What wrote the description: `templates`, or the name of a model. */
  readonly source: string;
}

/** Name of a record. */
export const recordId = (sampleId: string, kind: InstructionKind): string => `${sampleId}#${kind}`;

/** A field that a value lacks or has wrong, in words; `undefined` where all is as it should be. */
export type Problem = string | undefined;

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

/** What is wrong with a value that should be an {@link InstructionRecord}. */
export function recordProblem(value: unknown): Problem {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is no object';
  const record = value as Record<keyof InstructionRecord, unknown>;
  const texts = ['id', 'kind', 'label', 'instruction', 'answer', 'source'] as const;
  const wrong = texts.find((field) => !isText(record[field]));
  if (wrong) return `has no text in ${wrong}`;
  if (!instructionKinds.includes(record.kind as InstructionKind)) return `is of the unknown kind "${record.kind}"`;
  if (!(record.id as string).endsWith(`#${record.kind}`))
    return `is called "${record.id}", which is not a ${record.kind} one`;
  const { media } = record as { media: unknown };
  const paths = typeof media === 'object' && media !== null ? Object.entries(media) : [];
  const isMedia =
    paths.length > 0 && paths.every(([kind, path]) => (kind === 'image' || kind === 'video') && isText(path));
  return isMedia ? undefined : 'names neither image nor video';
}

/**
 * Shortest and longest part of a description, in characters; shorter says nothing, longer is no answer to the question.
 */
const [SHORTEST, LONGEST] = [20, 4000];

/** What is wrong with a value that should be a {@link Description} of something with that label. */
export function descriptionProblem(value: unknown, label: string): Problem {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is not a JSON object';
  const { elements, reasoning, ...others } = value as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return `has an unknown field ${JSON.stringify(unknown)}`;
  for (const [field, text] of Object.entries({ elements, reasoning })) {
    if (typeof text !== 'string') return `has no text in "${field}"`;
    if (text.trim().length < SHORTEST || text.length > LONGEST) {
      return `has ${text.trim().length} characters in "${field}", not ${SHORTEST} to ${LONGEST}`;
    }
    if (namesLabel(text, label)) return `names the emotion "${label}" in "${field}"`;
  }
  return undefined;
}

/**
 * Whether a text holds the label as a word; the answers to the other two kinds must not give away that of the first.
 */
function namesLabel(text: string, label: string): boolean {
  const escaped = label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'iu').test(text);
}
