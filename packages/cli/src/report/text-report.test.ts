import { describe, expect, it } from 'vitest';
import type { AnalyzedText } from '../analyze/analyzed-text';
import { colorsFor } from '../terminal';
import { formatTextReport } from './format-report';
import { textDocument, textFailureDocument } from './text-document';

const plain = { colors: colorsFor({ isTTY: false }), width: 90 };

const parsed = <Value>(value: Value) => ({
  ...({ status: 'parsed', text: '', answer: '', confidence: 0.5, spans: [], durationMs: 10.4 } as const),
  value,
});

const analyzed: AnalyzedText = {
  text: 'I passed,\u001b[31m at last.',
  id: 'a/1',
  line: 3,
  emotion: 'joy',
  outcomes: {
    mer: parsed({ emotion: 'happy' }),
    eiReg: parsed({ emotion: 'joy', intensity: 0.625 }),
    eiOc: parsed({ emotion: 'joy', level: 2 }),
    vReg: parsed({ valence: 0.9 }),
    vOc: parsed({ valenceClass: -2 }),
    eC: parsed({ emotions: [] }),
  },
  model: { preset: 'tiny', device: 'cpu' },
  loadMs: 250,
};

describe('the report of a text', () => {
  const report = formatTextReport(analyzed, plain);

  it('has the text and every answer, and says nothing of a clip', () => {
    expect(report).toMatch(/^a\/1 {2}model tiny on cpu\n/);
    expect(report).toContain('words          “I passed, [31m at last.”');
    expect(report).toMatch(/Emotion +happy +50 %/);
    expect(report).toMatch(/Intensity +joy, 0\.63 on a scale from 0 to 1 +50 %/);
    expect(report).toMatch(/Level +joy, 2 of 3: moderate +50 %/);
    expect(report).toMatch(/Valence +0\.90 on a scale from 0 to 1 +50 %/);
    expect(report).toMatch(/Valence class +−2 on a scale from −3 to \+3 +50 %/);
    expect(report).toMatch(/Emotions +neutral +50 %/);
    expect(report).toMatch(/total +312 ms\n +steps +load model 250 ms, mer 10 ms/);
    expect(report).not.toMatch(/face|scene|voice/);
    expect(report).not.toContain('\u001b');
  });

  it('is named by its line, or as a text', () => {
    const { id: _id, ...ofLine } = analyzed;
    const { line: _line, ...alone } = ofLine;
    expect(formatTextReport(ofLine, plain)).toMatch(/^text of line 3 /);
    expect(formatTextReport(alone, plain)).toMatch(/^text {2}/);
  });
});

describe('the document of a text', () => {
  it('has id, text, line and the tasks at the top', () => {
    const { timings, ...document } = textDocument(analyzed);
    expect(document).toMatchObject({ id: 'a/1', line: 3, text: analyzed.text, model: { preset: 'tiny' } });
    expect(document.eiReg).toEqual({ value: { emotion: 'joy', intensity: 0.625 }, confidence: 0.5 });
    expect(document).not.toHaveProperty('msa');
    expect(timings).toEqual({ load: 250, mer: 10, eiReg: 10, eiOc: 10, vReg: 10, vOc: 10, eC: 10, total: 62 });
  });

  it('says what failed', () => {
    const error = new Error('no');
    expect(textFailureDocument({ text: 'a', line: 2 }, error)).toMatchObject({ text: 'a', line: 2, error: {} });
    expect(textFailureDocument({ line: 2, error: error as never }, error)).not.toHaveProperty('text');
  });
});
