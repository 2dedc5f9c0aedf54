import { describe, expect, it } from 'vitest';
import { subtitleText } from './subtitle-text';

describe('subtitleText', () => {
  it('takes the words out of SubRip cues', () => {
    const content =
      '\uFEFF1\r\n00:00:00,000 --> 00:00:01,500\r\n{\\an8}<i>I passed</i>\r\nmy exam!\r\n\r\n2\r\n00:00:01,500 --> 00:00:03,000\r\n42\r\n';
    expect(subtitleText(content, 'srt')).toBe('I passed my exam! 42');
  });

  it('leaves header, notes, styles, cue names and settings of WebVTT out', () => {
    const content = [
      'WEBVTT - sample',
      '',
      'STYLE\n::cue { color: red }',
      '',
      'NOTE not said\nat all',
      '',
      'intro\n00:01.000 --> 00:02.000 align:start\n<v Ann>Tom &amp; I <00:01.500>won',
      '',
      '01:00:02.000 --> 01:00:03.000\n1 &lt; 2',
    ].join('\n');
    expect(subtitleText(content, 'vtt')).toBe('Tom & I won 1 < 2');
  });

  it('says rolling captions once', () => {
    const content = '00:00.000 --> 00:01.000\nso here\n\n00:01.000 --> 00:02.000\nso here\nwe are\n';
    expect(subtitleText(content, 'vtt')).toBe('so here we are');
  });

  it('takes plain text as it is, on one line', () => {
    expect(subtitleText('  Well,\n\n that  is <great>.\n', 'txt')).toBe('Well, that is <great>.');
  });
});
