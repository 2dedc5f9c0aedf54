/** Longer texts are no utterance of one clip. */
export const maxTextLength = 160;

/**
 * A text of a public corpus as someone might say it: whole words, tokens put together again, one line.
 * @returns `undefined` for texts that are too long, hold placeholders or links, or have no word
 */
export function cleanText(text: string): string | undefined {
  const clean = text
    .normalize('NFC')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/\s+/g, ' ')
    .replace(/ (?=[.,!?;:])/g, '') // "die ." of tokenised subtitles
    .replace(/ (?=n't\b|'(?:s|re|ve|ll|d|m)\b)/g, '')
    .replace(/(\w) - (\w)/g, '$1-$2')
    .replace(/^[-*"'.,\s]+/, '')
    .replace(/[\s"]+$/, '')
    .trim();
  const speakable = /^[\p{Script=Latin}\p{N}\s.,!?;:'"()&%$€£/…–-]+$/u;
  const usable = clean.length <= maxTextLength && (clean.match(/\p{L}{2,}/gu) ?? []).length >= 2;
  return usable && speakable.test(clean) && !/https?:|www\.|\br\//i.test(clean) ? clean : undefined;
}
