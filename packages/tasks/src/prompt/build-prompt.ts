import { InvalidArgumentError, type PromptSegment } from '@nano-emox/tensor-contract';
import { requireCandidates, requirePlainLabel } from '../labels/plain-label';
import type { AnyTaskDefinition, AnyTaskId } from '../task';
import { taskOf } from '../tasks/task-table';
import { type Dialogue, dialogueOf, historyText } from './dialogue';
import { markup, plainText } from './markup';
import { type ModalityMode, modalityModes, type PromptSlot } from './modality-modes';

/** Options of {@link buildPrompt}. */
export interface PromptOptions {
  /** @default that of the task: 'multiface_audio_face_frame_text'; for affect tasks 'textonly' */
  readonly mode?: ModalityMode;
  /** Words spoken in the clip; an empty tag where there are none. @default '' */
  readonly subtitle?: string;
  /**
   * Labels to choose from, for MER, MIR and E-c; `false` does not list them.
   * @default the set of the task
   */
  readonly candidates?: readonly string[] | false;
  /** The emotion that EI-reg and EI-oc ask about; they cannot be asked without. */
  readonly emotion?: string;
  /**
   * What was said before and now. ERG always shows a dialogue: without this one the subtitle is what the speaker says
   * now. Any other task shows it in place of the subtitle, as MER on AvaMERG does.
   */
  readonly dialogue?: Dialogue;
  /** Which wording of the instruction, an index into `instructions` of the task. @default 0 */
  readonly paraphrase?: number;
  /**
   * `released` leaves out `###Human:` in the four modes in which the released code forgets it (never where a dialogue is shown).
   * @default 'paper'
   */
  readonly template?: 'paper' | 'released';
  /**
   * For MSA: ask for polarity and valence, or ask the open-vocabulary question, whose answer is then mapped to polarity.
   * @default 'answer'
   */
  readonly msaFrom?: 'answer' | 'open-vocabulary';
}

type TextSlot = 'subtitle' | 'question';

const softTokenSlots: Readonly<
  Record<Exclude<PromptSlot, TextSlot>, { clause: string; tags: readonly [string, string] }>
> = {
  multi: { clause: 'Face and voice together:', tags: markup.multi },
  audio: { clause: 'The voice:', tags: markup.audio },
  face: { clause: 'The face:', tags: markup.video },
  frame: { clause: 'The scene:', tags: markup.video },
  image: { clause: 'The picture:', tags: markup.image },
};

/**
 * The prompt of one task as text and places for soft tokens, ready for `LanguageModel.generate`. Texts alternate with
 * modalities, begin with `###Human:` and end with ` ###Assistant: `; the beginning-of-text token is the model's affair.
 * Free text passes through {@link plainText}.
 * @throws InvalidArgumentError for an unknown task or mode, a paraphrase out of range, candidates or an emotion that cannot be used
 */
export function buildPrompt(task: AnyTaskId, options: PromptOptions = {}): PromptSegment[] {
  const definition = definitionOf(task, options);
  const mode = modalityModes[modeOf(definition, options)];
  const showsDialogue = showsDialogueFor(definition, options);
  const marked = options.template !== 'released' || mode.releasedHumanMarker || showsDialogue;

  const segments: PromptSegment[] = [];
  let text = marked ? markup.human : '';
  for (const slot of mode.slots) {
    if (slot === 'question') {
      text += `Answer from all of the above. ${questionOf(definition, options)}${markup.assistant}`;
    } else if (slot === 'subtitle') {
      text += showsDialogue
        ? `So far: ${tagged(markup.dialogueHistory, historyText(dialogueOf(options)))}. `
        : `The words: ${tagged(markup.subtitle, plainText(options.subtitle ?? ''))}. `;
    } else {
      const { clause, tags } = softTokenSlots[slot];
      segments.push({ text: `${text}${clause} ${tags[0]}` }, { modality: slot === 'image' ? 'frame' : slot });
      text = `${tags[1]}. `;
    }
  }
  return [...segments, { text }];
}

const showsDialogueFor = ({ context }: AnyTaskDefinition, { dialogue }: PromptOptions) =>
  context === 'dialogue' || dialogue !== undefined;

const tagged = ([open, close]: readonly [string, string], content: string) => `${open}${content}${close}`;

function definitionOf(task: AnyTaskId, { msaFrom }: PromptOptions): AnyTaskDefinition {
  return taskOf(task === 'msa' && msaFrom === 'open-vocabulary' ? 'ovMer' : task) as AnyTaskDefinition;
}

function modeOf(definition: AnyTaskDefinition, { mode = definition.mode }: PromptOptions): ModalityMode {
  if (Object.hasOwn(modalityModes, mode)) return mode;
  throw new InvalidArgumentError({
    message: `buildPrompt: there is no modality mode "${mode}"`,
    hint: `Use one of ${Object.keys(modalityModes).join(', ')}.`,
    argument: 'mode',
  });
}

/** Context and current words (ERG), tag, instruction, candidates. */
function questionOf(definition: AnyTaskDefinition, options: PromptOptions): string {
  const parts = [definition.tag, instructionOf(definition, options), candidateList(definition, options)];
  if (showsDialogueFor(definition, options)) {
    const { background, input } = dialogueOf(options);
    if (background) parts.unshift(`Background: ${plainText(background)}`);
    parts.push(`The speaker says now: ${plainText(input)}`);
  }
  return parts.filter((part) => part !== '').join(' ');
}

function instructionOf({ id, instructions }: AnyTaskDefinition, { paraphrase = 0, emotion }: PromptOptions): string {
  const instruction = instructions[paraphrase];
  if (instruction?.includes('{emotion}')) return instruction.replaceAll('{emotion}', requireEmotion(id, emotion));
  if (instruction !== undefined) return instruction;
  throw new InvalidArgumentError({
    message: `buildPrompt: ${id} has no paraphrase ${paraphrase}`,
    hint: `Use an index from 0 to ${instructions.length - 1}.`,
    argument: 'paraphrase',
  });
}

function requireEmotion(task: string, emotion: string | undefined): string {
  if (emotion !== undefined) return requirePlainLabel(emotion, `buildPrompt(${task})`, 'emotion');
  throw new InvalidArgumentError({
    message: `buildPrompt: ${task} asks about one emotion, and none is named`,
    hint: 'Pass { emotion }, such as anger, fear, joy or sadness.',
    argument: 'emotion',
  });
}

function candidateList({ id, candidates: defaults }: AnyTaskDefinition, { candidates }: PromptOptions): string {
  if (candidates === false) return '';
  if (defaults === undefined) {
    if (candidates === undefined) return '';
    throw new InvalidArgumentError({
      message: `buildPrompt: ${id} does not choose from candidates`,
      hint: 'Leave candidates out, or ask mer, mir or eC.',
      argument: 'candidates',
    });
  }
  return `Choose from: ${requireCandidates(candidates ?? defaults, 'buildPrompt').join(', ')}.`;
}
