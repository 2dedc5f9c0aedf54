import { sampleClip } from 'nano-emox/sample-clip';
import type { WordsChoice } from '../shared-options';
import { type ClipWords, wordsFromFile, wordsFromSidecar } from './clip-words';

/**
 * Words that the command line gives, or those that lie beside the clip.
 * @param clip undefined for the sample clip, which brings its words
 * @throws MissingFileError, InvalidFileError
 */
export async function wordsFor(clip: string | undefined, { words, wordsFile }: WordsChoice): Promise<ClipWords> {
  if (words !== undefined) return { text: words, source: words === '' ? 'none' : 'option' };
  if (wordsFile !== undefined) return wordsFromFile(wordsFile);
  return clip === undefined ? { text: sampleClip.words, source: 'sample' } : wordsFromSidecar(clip);
}
