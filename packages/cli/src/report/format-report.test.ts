import type { EmotionDecision, TaskOutcome } from 'nano-emox';
import { describe, expect, it } from 'vitest';
import { colorsFor } from '../terminal';
import { analyzedClip as analyzed } from './__fixtures__/analyzed-clip';
import { formatReport } from './format-report';
import { jsonText, resultDocument } from './json-document';

const plain = { colors: colorsFor({ isTTY: false }), width: 90 };

const { result } = analyzed;

const word = (emotion: string): EmotionDecision['word'] => ({
  ...{ status: 'parsed', text: '', answer: '', value: { emotion }, confidence: 0.5, spans: [] },
});
const unread: EmotionDecision['word'] = {
  ...{ status: 'unparsed', text: '', answer: '', reason: 'empty', detail: 'There is no text.' },
};

/** An emotion that a head decided on. */
const decided = (changes: Partial<EmotionDecision>): TaskOutcome<'mer'> => ({
  ...{ status: 'parsed', text: '', answer: '', value: { emotion: 'sad' }, confidence: 0.62, spans: [], durationMs: 10 },
  decision: {
    decidedBy: 'head',
    probabilities: { anger: 0.05, fear: 0.3, happy: 0.03, sad: 0.62 },
    word: word('fear'),
    head: { sad: 0.9, fear: 0.1 },
    ...changes,
  },
});

describe('formatReport', () => {
  const report = formatReport(analyzed, plain);

  it('says which face, scene, voice and words were used', () => {
    expect(report).toMatch(/^talk\.mp4 {2}model tiny on cpu\n/);
    expect(report).toMatch(
      /face +found in 2 of 3 frames, detector score 0\.90, 90 pixels wide; the\n +largest of up to 2\n/,
    );
    expect(report).toContain('3 frames of 640 × 480 from 0.0 s to 2.0 s of 3.0 s');
    expect(report).toContain('3.0 s of sound, level −20 dB');
    expect(report).toContain('“I failed.” (from talk.srt beside the clip)');
  });

  it('has a line for each moment where the timeline was asked for, and says nothing of it elsewhere', () => {
    const moment = {
      ...{
        startSeconds: 0,
        endSeconds: 1.5,
        emotion: 'sad',
        faceFound: true,
        frame: 0,
        modalities: ['frame'] as const,
      },
      probabilities: { anger: 0.05, fear: 0.3, happy: 0.03, sad: 0.62 },
    };
    const timeline = [moment, { ...moment, startSeconds: 1.5, endSeconds: 3, frame: 1, faceFound: false }];
    const text = formatReport({ ...analyzed, result: { ...result, timeline } }, plain);
    expect(text).toMatch(/\nThe emotion along the clip +probability\n/);
    expect(text).toMatch(/ {2}0\.0–1\.5 s +sad, then fear 30 %, anger 5 % +62 %\n/);
    expect(text).toMatch(/ {2}1\.5–3\.0 s +sad, then fear 30 %, anger 5 % \(no face\) +62 %\n/);
    expect(resultDocument({ ...analyzed, result: { ...result, timeline } }).timeline).toEqual(timeline);
    expect(report).not.toContain('along the clip');
    expect(resultDocument(analyzed)).not.toHaveProperty('timeline');
  });

  it('shows the weights of the experts as bars', () => {
    const bars = ['shallow', 'middle', 'deep'].map((name) => new RegExp(`${name} +(█+)░+ +(\\d+ %)`).exec(report));
    expect(bars.map((match) => [match?.[1]?.length, match?.[2]])).toEqual([
      [6, '20 %'],
      [9, '30 %'],
      [15, '50 %'],
    ]);
  });

  it('gives answers with confidence, and the chain of empathy as four lines before the response', () => {
    expect(report).toMatch(/Sentiment +negative, −0\.40 on a scale from −1 to \+1 +88 %/);
    expect(report).toMatch(/Emotion +sad +50 %/);
    expect(report).toMatch(
      /event +An exam was failed\n +emotion +sad\n +cause +Much work for nothing\n +goal +Comfort\n +response +“That must be hard\.”/,
    );
  });

  it('says who decided on the emotion, where a head had a say', () => {
    const rowsOf = (changes: Partial<EmotionDecision>) => {
      const mer = decided(changes);
      return formatReport({ ...analyzed, result: { ...result, tasks: { mer } } }, plain);
    };
    const shares = 'sad 62 %, fear 30 %,\\s+anger 5 %';
    expect(rowsOf({})).toMatch(
      new RegExp(`Emotion +sad +62 %\n +The head decided against the word “fear”: ${shares}\n`),
    );
    expect(rowsOf({ decidedBy: 'word', word: word('sad') })).toContain('With the head, the word “sad” stands');
    expect(rowsOf({ word: unread })).toContain('The head decided, as no word could be read');
  });

  it('shows an answer that cannot be read as that, without its control characters', () => {
    expect(report).toMatch(/Intent +no answer to MIR: No label was found\. +–\n +The model wrote: what \[31m ever/);
    expect(report).not.toContain('\u001b');
  });

  it('leaves tasks out that were not asked', () => {
    expect(report).not.toContain('In own words');
  });

  it('breaks lines at the width', () => {
    expect(Math.max(...report.split('\n').map((line) => line.length))).toBeLessThanOrEqual(plain.width);
  });

  it('says what is missing where a clip offers less', () => {
    const silent = { ...result, modalities: [], evidence: {}, gate: undefined as never, warnings: [] };
    const text = formatReport({ ...analyzed, words: { text: '', source: 'none' }, result: silent }, plain);
    expect(text).toMatch(/face +not used: there is no picture/);
    expect(text).toMatch(/voice +not used: there is no sound/);
    expect(text).toMatch(/words +none \(give them with --words/);
    expect(text).not.toContain('Warnings');
  });

  it('has colours where they are asked for', () => {
    const { TERM, NO_COLOR } = process.env;
    process.env.TERM = 'xterm';
    delete process.env.NO_COLOR;
    const colors = colorsFor({ isTTY: true });
    process.env.NO_COLOR = '1';
    expect(colorsFor({ isTTY: true }).isColorSupported).toBe(false);
    Object.assign(process.env, { TERM, NO_COLOR });
    if (NO_COLOR === undefined) delete process.env.NO_COLOR;
    if (TERM === undefined) delete process.env.TERM;
    expect(formatReport(analyzed, { colors, width: 90 })).toContain('\u001b[1mtalk.mp4');
  });
});

describe('JSON document', () => {
  it('has the tasks at the top, each with value and confidence or the reason why not', () => {
    const document = JSON.parse(jsonText([resultDocument(analyzed)], true, 'clips'));
    expect(document.mer).toEqual({ value: { emotion: 'sad' }, confidence: 0.5 });
    expect(document.mir).toEqual({ unparsed: 'unknown-label', text: 'what\u001b[31m ever' });
    expect(document).not.toHaveProperty('ovMer');
    expect(document.gate).toEqual([0.2, 0.3, 0.5]);
    expect(document.timings).toEqual({ load: 250, decode: 100, msa: 1500, total: 2000 });
    expect(document.words).toEqual({ text: 'I failed.', source: 'sidecar', path: 'folder/talk.srt' });
  });

  it('keeps what word and head said about the emotion', () => {
    const { mer } = resultDocument({ ...analyzed, result: { ...result, tasks: { mer: decided({}) } } });
    expect(mer).toEqual({
      value: { emotion: 'sad' },
      confidence: 0.62,
      decision: {
        decidedBy: 'head',
        probabilities: decided({}).decision?.probabilities,
        head: { sad: 0.9, fear: 0.1 },
        word: { value: { emotion: 'fear' }, confidence: 0.5 },
      },
    });
    const unreadable = { ...analyzed, result: { ...result, tasks: { mer: decided({ word: unread }) } } };
    expect(resultDocument(unreadable).mer).toMatchObject({ decision: { word: { unparsed: 'empty', text: '' } } });
  });

  it('wraps the documents of several clips', () => {
    const { clips } = JSON.parse(jsonText([resultDocument(analyzed), resultDocument(analyzed)], false, 'clips'));
    expect(clips).toHaveLength(2);
  });
});
