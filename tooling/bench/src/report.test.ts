import { describe, expect, it } from 'vitest';
import { type Comparison, formatSection, verdictOf } from './report';

const comparison: Comparison = {
  title: 'step / rival',
  ratio: 2,
  processorRatio: 1.2,
  goal: 1.5,
  ownSeconds: 0.5,
  rivalSeconds: 12,
  ownProcessorSeconds: 1,
  rivalProcessorSeconds: 1.2,
};

describe('verdictOf', () => {
  it('believes the clock on a quiet machine, and on a loud one where processor time agrees', () => {
    expect(verdictOf(comparison, false)).toBe('met');
    expect(verdictOf(comparison, true)).toBe('unclear');
    expect(verdictOf({ ...comparison, processorRatio: 1.6 }, true)).toBe('met');
    expect(verdictOf({ ...comparison, ratio: 1.4 }, true)).toBe('missed');
  });
});

describe('formatSection', () => {
  it('prints notes and an aligned table', () => {
    const lines = formatSection({ name: 'lora', comparisons: [comparison], notes: ['six layers'] }, false).split('\n');
    expect(lines.slice(1, 3)).toEqual(['lora', '  six layers']);
    expect(lines.at(-1)).toMatch(
      /^ {2}step \/ rival +2\.00× +1\.20× +≥ 1\.50× +met +500\.0 ms +12\.0 s +1000\.0 ms +1200\.0 ms$/,
    );
    expect(lines.at(-1)).toHaveLength((lines.at(-2) as string).length);
  });

  it('prints only notes where nothing could be compared', () => {
    expect(formatSection({ name: 'lora', comparisons: [], notes: ['no PyTorch'] }, false)).toBe('\nlora\n  no PyTorch');
  });
});
