/** The chain of empathy as far as it has been written, and the response after it. */
export interface ChainText {
  readonly event: string;
  readonly emotion: string;
  readonly cause: string;
  readonly goal: string;
  readonly response: string;
}

/**
 * Reads an answer that is still being written: lines `Event: …`, `Emotion: …`, `Cause: …`, `Goal: …` inside a think block,
 * then the response. For display only; the finished answer is parsed by the model's own grammar.
 */
export function readChain(text: string): ChainText {
  const [thought = '', ...rest] = text.split('</think>');
  const line = (label: string) => new RegExp(`^\\s*${label}:[^\\S\\n]*(.*)$`, 'im').exec(thought)?.[1]?.trim() ?? '';
  return {
    event: line('Event'),
    emotion: line('Emotion'),
    cause: line('Cause'),
    goal: line('Goal'),
    // Control texts such as an end mark may follow; an unfinished one begins with "<".
    response: (rest.join('').split('<')[0] ?? '').trim(),
  };
}
