import { partOfSpeaker } from '../data/voices';
import {
  evaluateByGroup,
  type GroupedSamples,
  type GroupSplit,
  groupFolds,
  leaveOneGroupOut,
} from './grouped-protocol';
import { drawItems, type MeasureContext, scoreOf } from './measure-context';
import type { Score } from './score';
import { readVoiceCorpus, type VoiceCorpus } from './voice-corpora';
import { voiceFeatures } from './voice-features';

/** A way to part the speakers of a corpus. */
interface Protocol {
  readonly split: string;
  readonly splits: (speakers: readonly string[], seed: number) => readonly GroupSplit[];
  readonly note: string;
}

const RAVDESS_FOLDS = 5;

/** Speakers on whom the recipe neither trains an encoder nor chooses one, as test side. */
const unheardByEncoder = (speakers: readonly string[]): readonly GroupSplit[] => {
  const all = [...new Set(speakers)];
  const isTested = (speaker: string) => partOfSpeaker(speaker) === 'test';
  return [{ train: all.filter((one) => !isTested(one)), test: all.filter(isTested) }];
};

const unheardNote = 'The recipe neither trains its encoder on them nor chooses it by them.';

const protocols: Readonly<Record<VoiceCorpus, { readonly title: string; readonly protocols: readonly Protocol[] }>> = {
  emodb: {
    title: 'EmoDB, 7 emotions',
    protocols: [
      {
        split: 'leave one speaker out',
        splits: leaveOneGroupOut,
        note: 'The probe never hears the tested speaker; the encoder of the recipe was trained on all but 08 and 15.',
      },
      { split: 'speaker 15', splits: unheardByEncoder, note: unheardNote },
    ],
  },
  emogator: {
    title: 'EmoGator, 9 classes',
    protocols: [{ split: 'held-out contributors', splits: unheardByEncoder, note: unheardNote }],
  },
  ravdess: {
    title: 'RAVDESS speech, 8 emotions',
    protocols: [
      {
        split: `${RAVDESS_FOLDS} folds of actors`,
        splits: (speakers, seed) => groupFolds(speakers, RAVDESS_FOLDS, seed),
        note: 'Transfer: the encoder of the recipe has heard nothing of RAVDESS.',
      },
    ],
  },
};

/** What a linear probe on the frozen audio encoder tells about speakers it has not heard. */
export async function voiceScores(corpus: VoiceCorpus, context: MeasureContext): Promise<Score[]> {
  const { model, executor, dataFolder, seed, signal } = context;
  const { title, protocols: wanted } = protocols[corpus];
  const voices = drawItems(await readVoiceCorpus(corpus, dataFolder), context, corpus);
  const classes = [...new Set(voices.map(({ emotion }) => emotion))].sort();
  const recordings = voices.map(({ bytes }) => bytes);
  const samples: GroupedSamples = {
    features: await voiceFeatures(model.components.audioEncoder, recordings, context),
    labels: voices.map(({ emotion }) => classes.indexOf(emotion)),
    groups: voices.map(({ speaker }) => speaker),
  };
  const scores: Score[] = [];
  for (const { split, splits, note } of wanted) {
    const options = { executor, classes: classes.length, seed, signal };
    const { count, ...measured } = await evaluateByGroup(samples, splits(samples.groups, seed), options);
    for (const metric of ['accuracy', 'balancedAccuracy'] as const) {
      const name = `${metric === 'accuracy' ? 'accuracy' : 'balanced accuracy'}, linear probe on the audio encoder`;
      scores.push(
        scoreOf(context, { dataSet: title, split, metric: name, value: measured[metric], best: 1, count, note }),
      );
    }
  }
  return scores;
}
