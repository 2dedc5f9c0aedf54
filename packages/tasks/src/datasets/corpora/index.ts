import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import type { Corpus } from '../corpus';
import { semevalEC, semevalEiOc, semevalEiReg, semevalVOc, semevalVReg } from './affect';
import { iemocap4, meld, mer2023, mer2024 } from './benchmark-emotion';
import { avaMerg } from './empathy';
import { mintrec, mintrec2 } from './intent';
import { emer, merCaptionPlus, merrCoarse, merrFine, ovMerd } from './open-vocabulary';
import { chSims, chSimsV2, cmuMosei, cmuMosi } from './sentiment';
import { caer, cremaD, ferv39k, m3ed } from './single-emotion';

/** Every corpus that can be read by name. */
export const corpora = Object.freeze({
  'crema-d': cremaD,
  m3ed,
  caer,
  ferv39k,
  mintrec,
  mintrec2,
  'mer-caption-plus': merCaptionPlus,
  'merr-fine': merrFine,
  'merr-coarse': merrCoarse,
  avamerg: avaMerg,
  mer2023,
  mer2024,
  meld,
  iemocap: iemocap4,
  'cmu-mosi': cmuMosi,
  'cmu-mosei': cmuMosei,
  'ch-sims': chSims,
  'ch-sims-v2': chSimsV2,
  'ov-merd': ovMerd,
  emer,
  'semeval2018-ei-reg': semevalEiReg,
  'semeval2018-ei-oc': semevalEiOc,
  'semeval2018-v-reg': semevalVReg,
  'semeval2018-v-oc': semevalVOc,
  'semeval2018-e-c': semevalEC,
}) satisfies Readonly<Record<string, Corpus>>;

/** Name of a corpus. */
export type CorpusName = keyof typeof corpora;

/** The description behind a name. @throws InvalidArgumentError for a name that is none */
export function corpusOf(dataSet: CorpusName | Corpus): Corpus {
  if (typeof dataSet !== 'string') return dataSet;
  if (Object.hasOwn(corpora, dataSet)) return corpora[dataSet];
  throw new InvalidArgumentError({
    message: `there is no data set ${dataSet}`,
    hint: `Known are ${Object.keys(corpora).join(', ')}; describe any other with tableDataSet.`,
    argument: 'dataSet',
  });
}
