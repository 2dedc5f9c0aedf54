import { describe, expect, it } from 'vitest';
import { answerSpan, type StopRule } from './clean-answer';

const clean = (text: string, stopRule?: StopRule) => {
  const { start, end } = answerSpan(text, stopRule);
  return text.slice(start, end);
};

describe('answerSpan', () => {
  it.each([
    ['  The emotion is happy.###', 'The emotion is happy.'],
    ['###Human: Hi ###Assistant: Yes.###', 'Yes.'],
    ['###Human: Hi ###Assistant: Yes.', 'Yes.'],
    ['<|im_start|>Yes.<|im_end|>###No', 'Yes.'],
    ['<s> <s>Yes.</s> more', 'Yes.'],
    ['One.###Two.###', 'One.'],
    ['###', ''],
    ['', ''],
    [' \n ', ''],
    ['Assistant:', ''],
  ])('%j → %j', (text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  it('can cut as the released code does', () => {
    expect(clean('One.###Two.###', 'last')).toBe('One.###Two.');
    expect(clean('###Human: Hi ###Assistant: Yes.###', 'last')).toBe('Yes.');
    expect(clean('###Human: Hi ###Assistant: Yes.', 'last')).toBe('###Human: Hi');
  });
});
