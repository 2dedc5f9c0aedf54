import type { Dialogue } from '@nano-emox/tasks';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import { NanoEmoX, type TaskOutcome } from 'nano-emox';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Conversation, type Reply } from './conversation';

let model: NanoEmoX;
beforeAll(async () => {
  model = await NanoEmoX.fromPretrained('tiny', { threads: 1 });
}, 60_000);
afterAll(() => model.dispose());

/** The history that the model was given last. */
const lastHistory = (call: readonly unknown[] | undefined) => (call?.[0] as Dialogue | undefined)?.history;

async function say(conversation: Conversation, input: string): Promise<Reply & { streamed: string }> {
  const reply = conversation.say(input);
  let streamed = '';
  let step = await reply.next();
  for (; !step.done; step = await reply.next()) streamed += step.value.text;
  return { ...step.value, streamed };
}

describe('Conversation', { timeout: 60_000 }, () => {
  it('streams the answer and remembers both sides under their roles', async () => {
    const respond = vi.spyOn(model, 'respond');
    const conversation = new Conversation(model, { historyTurns: 6 });
    const first = await say(conversation, 'I failed the maths exam.');
    expect(first.outcome.status).toBe('parsed');
    const { response } = (first.outcome as Extract<TaskOutcome<'erg'>, { status: 'parsed' }>).value;
    expect(first.streamed).toContain(response);
    expect(conversation.history).toEqual([
      { role: 'speaker', utterance: 'I failed the maths exam.' },
      { role: 'listener', utterance: response },
    ]);
    await say(conversation, 'I am sad.');
    expect(lastHistory(respond.mock.lastCall)).toHaveLength(2);
    respond.mockRestore();
  });

  it('gives the model no more turns than asked for', async () => {
    const respond = vi.spyOn(model, 'respond');
    const conversation = new Conversation(model, { historyTurns: 1 });
    await say(conversation, 'I failed the maths exam.');
    await say(conversation, 'I am sad.');
    expect(lastHistory(respond.mock.lastCall)).toMatchObject([{ role: 'listener' }]);
    respond.mockRestore();
  });

  it('leaves the oldest turns out where the model cannot read all, and refuses an input that alone is too long', async () => {
    const conversation = new Conversation(model, { historyTurns: 100 });
    const { maxPositions } = model.config.languageModel;
    const long = 'and then it rained '.repeat(maxPositions / 10);
    (conversation.history as { role: string; utterance: string }[]).push(
      { role: 'speaker', utterance: long },
      { role: 'listener', utterance: long },
      { role: 'speaker', utterance: 'It was nice.' },
    );
    expect((await say(conversation, 'And now?')).leftOut).toBeGreaterThan(0);
    const remembered = conversation.history.length;
    await expect(say(conversation, long.repeat(2))).rejects.toThrow(InvalidArgumentError);
    expect(conversation.history).toHaveLength(remembered);
  });
});
