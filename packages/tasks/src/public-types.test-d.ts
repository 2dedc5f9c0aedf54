import type { PromptSegment } from '@nano-emox/tensor-contract';
import { assertType, describe, expectTypeOf, it } from 'vitest';
import {
  type AffectTaskId,
  type AnswerOutcome,
  type AnyTaskId,
  buildPrompt,
  type ChainOfEmpathy,
  formatAnswer,
  type Label,
  labelSets,
  parseAnswer,
  readGenerated,
  type TaskDefinition,
  type TaskId,
  tasks,
} from './index';

describe('public types', () => {
  it('knows the six tasks', () => {
    expectTypeOf<TaskId>().toEqualTypeOf<'msa' | 'mer' | 'ovMer' | 'eri' | 'mir' | 'erg'>();
    expectTypeOf<AffectTaskId>().toEqualTypeOf<'eiReg' | 'eiOc' | 'vReg' | 'vOc' | 'eC'>();
    expectTypeOf<AnyTaskId>().toEqualTypeOf<TaskId | AffectTaskId>();
    expectTypeOf(tasks.erg).toEqualTypeOf<TaskDefinition<'erg'>>();
    expectTypeOf(tasks.mer.level).toEqualTypeOf<'perception' | 'understanding' | 'interaction'>();
  });

  it('ties the value to the task', () => {
    const outcome = parseAnswer('msa', '');
    expectTypeOf(outcome).toEqualTypeOf<
      AnswerOutcome<{ readonly sentiment: 'positive' | 'neutral' | 'negative'; readonly valence: number }>
    >();
    // @ts-expect-error an emotion is no sentiment
    formatAnswer('msa', { emotion: 'happy' });
    // @ts-expect-error there is no such task
    parseAnswer('joy', '');
  });

  it('reaches the value only after the status was checked', () => {
    const outcome = readGenerated('erg', []);
    // @ts-expect-error may be unparsed
    outcome.value;
    if (outcome.status === 'parsed') {
      expectTypeOf(outcome.value.chainOfEmpathy).toEqualTypeOf<ChainOfEmpathy>();
      expectTypeOf(outcome.confidence).toEqualTypeOf<number>();
    } else {
      expectTypeOf(outcome.text).toEqualTypeOf<string>();
      assertType<'empty' | string>(outcome.reason);
    }
  });

  it('keeps labels literal and sets read-only', () => {
    expectTypeOf<Label<'sentiment'>>().toEqualTypeOf<'positive' | 'neutral' | 'negative'>();
    expectTypeOf<'ask for help'>().toExtend<Label<'mintrec'>>();
    expectTypeOf<'refuse'>().not.toExtend<Label<'mintrec'>>();
    // @ts-expect-error a label set cannot be changed
    labelSets.sevenEmotions[0] = 'joy';
  });

  it('builds segments of the contract', () => {
    expectTypeOf(buildPrompt).returns.toEqualTypeOf<PromptSegment[]>();
    // @ts-expect-error there is no such mode
    buildPrompt('mer', { mode: 'smell' });
  });
});
