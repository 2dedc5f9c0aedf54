import { type Random, sampleScript } from '@nano-emox/clip-renderer';
import { type Dialogue, type DialogueTurn, labelSets } from '@nano-emox/tasks';

/** What a listener says to hear more. */
const questions = [
  'Oh, really? What happened then?',
  'I see. Do you want to tell me more?',
  'When was that?',
  'How do you feel about it now?',
  'I did not know that. And how are you today?',
  'Tell me all about it.',
  'And what did you do?',
  'Did you talk to anybody about it?',
] as const;

/** What a speaker goes on with: words that show no feeling, so that only those before do. */
const continuations = [
  'It was this morning, right after breakfast.',
  'Yes, and it was not the first time.',
  'I told my brother about it.',
  'I am still thinking about it.',
  'That is how it is. What would you do?',
  'It all went so fast.',
  'Well, I went home after that.',
  'Nobody had told me before.',
  'I do not know what comes next.',
  'We will see how it goes on.',
  'I wrote it down in the evening.',
  'Yes, that is the whole story.',
] as const;

/**
 * Draws a conversation about `text`: either these are the last words, after talk of something else, or they came earlier and the
 * speaker only goes on. What the speaker feels is in `text` in both.
 */
export function sampleDialogue(text: string, random: Random): Dialogue {
  const before = random.chance(0.4) ? earlierTurns(random) : [];
  if (random.chance(0.5)) return { history: before.length > 0 ? before : earlierTurns(random), input: text };
  const told = [speaker(text), listener(random.pick(questions))];
  return { history: [...before, ...told], input: random.pick(continuations) };
}

const speaker = (utterance: string): DialogueTurn => ({ role: 'speaker', utterance });
const listener = (utterance: string): DialogueTurn => ({ role: 'listener', utterance });

/** An exchange on another matter, everyday words most of the time. */
function earlierTurns(random: Random): DialogueTurn[] {
  const emotion = random.chance(0.7) ? 'neutral' : random.pick(labelSets.sevenEmotions);
  const { text, empathicResponse } = sampleScript(emotion, random);
  return [speaker(text), listener(random.chance(0.5) ? empathicResponse : random.pick(questions))];
}
