import { deriveSeed, Random } from '@nano-emox/engine';
import {
  type Description,
  type InstructionKind,
  type InstructionRecord,
  instructionKinds,
  type LabelledMedia,
  recordId,
} from './instruction-record';

/** Ways to put each question; which one a record gets depends on its name only. Our own wording. */
const questions: Readonly<Record<InstructionKind, readonly ((medium: string, classes: string) => string)[]>> = {
  categorical: [
    (medium, classes) => `Which of these emotions does the ${medium} evoke: ${classes}? Answer as {"emotion": "..."}.`,
    (medium, classes) =>
      `Choose the emotion of this ${medium} from ${classes}. Reply with one JSON object, {"emotion": "..."}.`,
    (medium, classes) => `Pick one emotion for the ${medium}. Candidates: ${classes}. Format: {"emotion": "..."}.`,
  ],
  conversational: [
    (medium) => `What in this ${medium} bears on the feeling that it conveys?`,
    (medium) => `Describe the elements of the ${medium} that matter for its mood.`,
    (medium) => `What do you notice in the ${medium} that could move somebody who looks at it?`,
  ],
  reasoning: [
    (medium) => `How does one get from what the ${medium} shows to the feeling it conveys? Explain the steps.`,
    (medium) => `Explain how the elements of this ${medium} lead to an emotion.`,
    (medium) => `Reason from the details of the ${medium} towards the feeling behind them.`,
  ],
};

/** The three records of one sample. */
export function instructionRecords(
  sample: LabelledMedia,
  classes: readonly string[],
  description: Description,
  source: string,
): readonly InstructionRecord[] {
  const { id: sampleId, media, label } = sample;
  const medium = media.video === undefined ? 'picture' : 'clip';
  const answers: Readonly<Record<InstructionKind, string>> = {
    categorical: JSON.stringify({ emotion: label }),
    conversational: description.elements,
    reasoning: description.reasoning,
  };
  return instructionKinds.map((kind) => {
    const id = recordId(sampleId, kind);
    const ask = new Random(deriveSeed(0, id)).pick(questions[kind]);
    return { id, kind, media, label, instruction: ask(medium, classes.join(', ')), answer: answers[kind], source };
  });
}
