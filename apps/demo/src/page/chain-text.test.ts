import { expect, it } from 'vitest';
import { readChain } from './chain-text';

const whole =
  '<think>\nEvent: A dog is gone.\nEmotion: sad\nCause: she loves it\nGoal: comfort\n</think>\nI am sorry.<|im_end|>';
const read = {
  event: 'A dog is gone.',
  emotion: 'sad',
  cause: 'she loves it',
  goal: 'comfort',
  response: 'I am sorry.',
};

it('reads a whole answer', () => {
  expect(readChain(whole)).toEqual(read);
});

it('unfolds: what is shown only grows, up to the whole', () => {
  let before = readChain('');
  for (let length = 1; length <= whole.length; length++) {
    const now = readChain(whole.slice(0, length));
    for (const key of Object.keys(now) as (keyof typeof now)[]) expect(now[key].startsWith(before[key])).toBe(true);
    before = now;
  }
  expect(before).toEqual(read);
});

it('shows nothing of a text that keeps to no form', () => {
  expect(readChain('Once upon a time')).toEqual({ event: '', emotion: '', cause: '', goal: '', response: '' });
});
