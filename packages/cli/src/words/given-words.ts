import type { WordsChoice } from '../shared-options';
import { type ClipWords, wordsFromFile } from './clip-words';

/** Words that the command line gives; undefined where it says nothing. @throws MissingFileError, InvalidFileError */
export async function givenWords({ words, wordsFile }: WordsChoice): Promise<ClipWords | undefined> {
  if (words !== undefined) return { text: words, source: words === '' ? 'none' : 'option' };
  return wordsFile === undefined ? undefined : wordsFromFile(wordsFile);
}
