import { describe, expect, it } from 'vitest';
import { SpokenText } from './spoken-text';

const answer = '<think>\nEvent: It rained.\n\n  Cause: 1 < 2\n</think>';

describe('SpokenText', () => {
  it.each([1, 2, 3, 5, 8, 100])('shows the same text whatever the pieces are (%i characters each)', (size) => {
    const text = new SpokenText('  ');
    let shown = '';
    for (let start = 0; start < answer.length; start += size) shown += text.add(answer.slice(start, start + size));
    expect(shown + text.end()).toBe('  Event: It rained.\n  Cause: 1 < 2');
  });

  it('shows every piece at once, except what may become a tag', () => {
    const text = new SpokenText();
    expect(['Good', ' <', 'b> <thi', 'nk>'].map((piece) => text.add(piece))).toEqual(['Good', ' ', '<b> ', '']);
  });

  it('shows in the end what did not become a tag, and no control character', () => {
    const text = new SpokenText();
    expect(text.add('red \u001b[31m\r\u202e<th')).toBe('red  [31m  ');
    expect(text.end()).toBe('<th');
  });
});
