import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelSets } from '../labels/label-sets';
import { isPlainLabel } from '../labels/plain-label';
import { plainText } from '../prompt/markup';
import { allTaskIds } from '../tasks/task-table';
import { formatAnswer, formatTarget, parseAnswer } from './answers';

const runs = { seed: 20260311, numRuns: 300 };

/** Any text, with a liking for the markup that must not break an answer. */
const hostileText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string(),
      fc.constantFrom(
        '###',
        '##',
        '#',
        '</think>',
        '<think>',
        'Assistant:',
        '\n',
        'So the person feels sad.',
        'Goal: x',
        '<|im_end|>',
      ),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(''));

const text = hostileText.filter((candidate) => plainText(candidate) !== '');
const label = fc.oneof(
  fc.constantFrom(...labelSets.avaMerg, 'mixed feelings', 'self-assured', 'çok üzgün', '悲伤'),
  fc.stringMatching(/^[a-z][a-z' -]{0,20}[a-z]$/).map((word) => word.replace(/ +/g, ' ')),
);
const plainLabel = label.filter((candidate) => isPlainLabel(candidate) && candidate.split(' ').length <= 3);
const labels = fc.uniqueArray(plainLabel, { minLength: 1, maxLength: 6 });

const readValue = (outcome: ReturnType<typeof parseAnswer>) => (outcome.status === 'parsed' ? outcome.value : outcome);

describe('formatAnswer then parseAnswer gives the value back', () => {
  it('msa', () => {
    const hundredths = fc.integer({ min: -100, max: 100 });
    fc.assert(
      fc.property(hundredths, fc.boolean(), (hundredth, neutral) => {
        const sided = hundredth > 0 ? ('positive' as const) : ('negative' as const);
        const value = { sentiment: neutral ? ('neutral' as const) : sided, valence: hundredth / 100 };
        expect(readValue(parseAnswer('msa', formatTarget('msa', value)))).toEqual(value);
      }),
      runs,
    );
  });

  it('mer and mir, for every candidate of every set', () => {
    for (const candidates of Object.values(labelSets)) {
      for (const emotion of candidates) {
        const merText = formatTarget('mer', { emotion }, { candidates });
        const mirText = formatTarget('mir', { intent: emotion }, { candidates });
        expect(readValue(parseAnswer('mer', merText, { candidates }))).toEqual({ emotion });
        expect(readValue(parseAnswer('mir', mirText, { candidates }))).toEqual({ intent: emotion });
      }
    }
  });

  it('ovMer', () => {
    fc.assert(
      fc.property(labels, (emotions) => {
        expect(readValue(parseAnswer('ovMer', formatTarget('ovMer', { emotions })))).toEqual({ emotions });
      }),
      runs,
    );
  });

  it('eri', () => {
    fc.assert(
      fc.property(text, labels, (reason, emotions) => {
        const outcome = parseAnswer('eri', formatTarget('eri', { reason, emotions }));
        const plain = plainText(reason);
        expect(readValue(outcome)).toMatchObject({ emotions });
        expect([plain, `${plain}.`]).toContain(outcome.status === 'parsed' && outcome.value.reason);
      }),
      runs,
    );
  });

  it('erg', () => {
    fc.assert(
      fc.property(text, plainLabel, text, text, text, (event, speakerEmotion, cause, goal, response) => {
        const chainOfEmpathy = { eventScenario: event, speakerEmotion, emotionCause: cause, goalToResponse: goal };
        expect(readValue(parseAnswer('erg', formatTarget('erg', { chainOfEmpathy, response })))).toEqual({
          chainOfEmpathy: {
            eventScenario: plainText(event),
            speakerEmotion,
            emotionCause: plainText(cause),
            goalToResponse: plainText(goal),
          },
          response: plainText(response),
        });
      }),
      runs,
    );
  });

  it('eiReg and eiOc, with and without the emotion that was asked about', () => {
    const emotions = fc.constantFrom(...labelSets.semeval2018Intensity);
    const thousandths = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(emotions, thousandths, fc.integer({ min: 0, max: 3 }), (emotion, thousandth, level) => {
        const [strong, classed] = [
          { emotion, intensity: thousandth / 1000 },
          { emotion, level },
        ];
        for (const options of [{}, { emotion }]) {
          expect(readValue(parseAnswer('eiReg', formatTarget('eiReg', strong), options))).toEqual(strong);
          expect(readValue(parseAnswer('eiOc', formatTarget('eiOc', classed), options))).toEqual(classed);
        }
      }),
      runs,
    );
  });

  it('vReg and vOc', () => {
    for (let thousandth = 0; thousandth <= 1000; thousandth++) {
      const value = { valence: thousandth / 1000 };
      expect(readValue(parseAnswer('vReg', formatTarget('vReg', value)))).toEqual(value);
    }
    for (let valenceClass = -3; valenceClass <= 3; valenceClass++) {
      expect(readValue(parseAnswer('vOc', formatTarget('vOc', { valenceClass })))).toEqual({ valenceClass });
    }
  });

  it('eC, neutral too', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom(...labelSets.semeval2018)), (emotions) => {
        expect(readValue(parseAnswer('eC', formatTarget('eC', { emotions })))).toEqual({ emotions });
      }),
      runs,
    );
  });

  it('and formatting what was parsed gives the same text', () => {
    fc.assert(
      fc.property(text, labels, (reason, emotions) => {
        const written = formatAnswer('eri', { reason, emotions });
        const outcome = parseAnswer('eri', written);
        expect(outcome.status === 'parsed' && formatAnswer('eri', outcome.value)).toBe(written);
      }),
      runs,
    );
  });
});

describe('parseAnswer', () => {
  it.each(allTaskIds)('%s: any text gives an outcome, and spans lie in the text', (task) => {
    fc.assert(
      fc.property(hostileText, fc.constantFrom('first' as const, 'last' as const), (written, stopRule) => {
        const outcome = parseAnswer(task, written, { stopRule, freeDescription: true });
        expect(outcome.text).toBe(written);
        expect(written).toContain(outcome.answer);
        if (outcome.status === 'unparsed') expect(outcome.detail).toMatch(/^[A-Z].*\.$/s);
        else {
          for (const { start, end } of outcome.spans)
            expect(start >= 0 && start < end && end <= written.length).toBe(true);
        }
      }),
      runs,
    );
  });

  it.each(allTaskIds)('%s: a model that rambles costs no more than its length', (task) => {
    const ramblings = [
      'happy, ',
      'so the person feels ',
      '<think>\nEvent: ',
      ' ',
      'the emotion is ',
      '###',
      'a',
      '1',
      '-',
      '0.',
    ];
    for (const unit of ramblings) {
      const began = performance.now();
      parseAnswer(task, unit.repeat(20_000));
      expect(performance.now() - began, JSON.stringify(unit)).toBeLessThan(1500);
    }
  });
});
