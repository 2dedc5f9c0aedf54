const cueTime = /^\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}\s+-->\s/;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', nbsp: ' ', lrm: '', rlm: '' };

/**
 * The words of a subtitle file, without numbers, times, styling and notes; words that roll on from cue to cue stand once.
 * @param format `srt` and `vtt` have cues; `txt` is taken as it is, with its line ends as spaces
 * @example
 * subtitleText('1\n00:00:00,000 --> 00:00:02,000\n<i>I passed!</i>\n', 'srt'); // 'I passed!'
 */
export function subtitleText(content: string, format: 'txt' | 'srt' | 'vtt'): string {
  const text = content.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  if (format === 'txt') return oneLine(text);
  const lines: string[] = [];
  for (const block of text.split(/\n[^\S\n]*\n/)) {
    const all = block.split('\n');
    const time = all.findIndex((line) => cueTime.test(line));
    if (time < 0) continue; // a header, a note, a style sheet
    for (const line of all.slice(time + 1)) {
      const plain = oneLine(plainCue(line));
      if (plain !== '' && plain !== lines.at(-1)) lines.push(plain);
    }
  }
  return lines.join(' ');
}

/** A cue without tags (`<i>`, `<v Ann>`, `<00:01.500>`), SubStation codes (`{\an8}`) and entities. */
function plainCue(line: string): string {
  return line
    .replace(/<[^<>]*>/g, '')
    .replace(/\{\\[^{}]*\}/g, '')
    .replace(/&([a-z]+);/g, (whole, name: string) => entities[name] ?? whole);
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();
