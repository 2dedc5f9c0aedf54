import type { Emotion } from '../emotion';
import type { Random } from '../random';
import { wordToPhonemes } from './letter-to-sound';
import { isVowel, type PhonemeName } from './phonemes';

/** One sound to be spoken. */
export interface Sound {
  readonly name: PhonemeName;
  /** Length relative to the sound's usual one. */
  readonly stretch: number;
  /** 0 unstressed, 1 the stressed vowel of a word that matters. */
  readonly stress: number;
}

const functionWords = new Set(
  'a an the to of and i you we me he she it be my by was is as are were have do in on at for with that this but so they our your his her from had has'.split(
    ' ',
  ),
);

/** Turns written words into sounds, with a stress on the first full vowel of each content word and pauses at marks. */
export function wordsToSounds(text: string): Sound[] {
  const sounds: Sound[] = [];
  for (const token of text.split(/\s+/).filter(Boolean)) {
    const word = token.toLowerCase().replace(/[^a-z']/g, '');
    if (word === '') continue;
    const names = wordToPhonemes(word);
    const content = !functionWords.has(word);
    let stressed: boolean = false;
    for (const name of names) {
      const takesStress: boolean = content && !stressed && isVowel(name) && name !== 'AX';
      stressed ||= takesStress;
      sounds.push({ name, stretch: takesStress ? 1.18 : content ? 0.95 : 0.82, stress: takesStress ? 1 : 0 });
    }
    if (/[,;:.!?…-]$/.test(token))
      sounds.push({ name: 'PAUSE', stretch: /[.!?…]$/.test(token) ? 1.3 : 0.8, stress: 0 });
  }
  while (sounds.at(-1)?.name === 'PAUSE') sounds.pop();
  return sounds;
}

const bursts: Readonly<Record<Emotion, readonly string[]>> = {
  anger: ['R:2 AA:3 R:2', 'G R:2 AH:2.5 PAUSE:0.4 HH AA:2.2', 'N:2 AO:3'],
  disgust: ['IY:1.6 Y UW:2.6', 'AH:2.4 G PAUSE:0.3 B L:1.5 AH:2.2', 'Y AH:2.4 K'],
  fear: ['GASP PAUSE:0.3 AA:3.2', 'AA:1.2 HH AA:1.4 HH AA:2', 'GASP OW:1.4 N OW:2 N OW:2'],
  happy: ['HH AA HH AA HH AA HH AA', 'HH EH HH EH HH EH PAUSE:0.3 AA:1.6', 'W UW:2.2 HH UW:2.4', 'Y EY:2.8'],
  neutral: ['M:3', 'M:1.5 HH M:2', 'AH:1.8 M:2.5'],
  sad: ['HH:2 AA:3', 'M:2 PAUSE:0.6 HH:1.5 AH:2 PAUSE:0.4 HH AH:2.4', 'OW:3.2 PAUSE:0.5 HH:2'],
  surprise: ['GASP OW:2.6', 'W OW:3', 'AA:1.1 PAUSE:0.25 OW:2.4', 'HH AH:2.2'],
};

/** A cry, laugh or sigh without words. */
export function sampleBurst(emotion: Emotion, random: Random): Sound[] {
  return random
    .pick(bursts[emotion])
    .split(' ')
    .map((token) => {
      const [name, stretch = '1'] = token.split(':');
      const long = Number(stretch) * random.uniform(0.85, 1.25);
      return { name: name as PhonemeName, stretch: long, stress: long > 1.3 || name === 'AA' || name === 'EH' ? 1 : 0 };
    });
}
