import { formatTarget } from '../answer/answers';
import { labelSets } from '../labels/label-sets';
import { requireCandidates } from '../labels/plain-label';

/** A candidate and the text by which a language model scores it. */
export interface CandidateTarget {
  readonly label: string;
  readonly text: string;
}

/**
 * The continuations to give to `LanguageModel.score` for a closed-set task: whole targets for MER and MIR; for MSA the
 * answer up to the polarity, since a valence follows it.
 * @throws InvalidArgumentError when the candidates cannot be used
 */
export function candidateTargets(
  task: 'msa' | 'mer' | 'mir',
  candidates?: readonly string[],
): readonly CandidateTarget[] {
  if (task === 'msa') return labelSets.sentiment.map((label) => ({ label, text: `The sentiment is ${label},` }));
  const labels = requireCandidates(candidates ?? defaultCandidates[task], 'candidateTargets');
  return labels.map((label) => {
    const options = { candidates: labels };
    const text =
      task === 'mer'
        ? formatTarget('mer', { emotion: label }, options)
        : formatTarget('mir', { intent: label }, options);
    return { label, text };
  });
}

const defaultCandidates = { mer: labelSets.sevenEmotions, mir: labelSets.mintrec } as const;
