import { labelSets } from '../../labels/label-sets';
import type { Corpus, CorpusLayout, TargetRule } from '../corpus';
import { tsv } from './formats';

/** English tweets of SemEval-2018 Task 1, one data set per task of affect. */

const parts = ['train', 'dev', 'test'] as const;

interface SemevalTask {
  readonly name: string;
  readonly title: string;
  /** Folder of the task in the published archive. */
  readonly folder: string;
  /** What the names of its files have in common. */
  readonly stem: string;
  /** Whether every emotion has a file of its own, in a folder for each part. */
  readonly byEmotion: boolean;
  readonly columns: readonly string[];
  readonly id: string;
  readonly targets: readonly TargetRule[];
}

const emotions = labelSets.semeval2018Intensity.join('|');
const partFolders = { train: 'training', dev: 'development', test: 'test-gold' } as const;

/** Copies differ in whether names begin with the year. Test files without gold values are not read. */
function fileName({ stem, byEmotion }: SemevalTask, part: (typeof parts)[number]): RegExp {
  const emotion = byEmotion ? `(?:${emotions})-` : '';
  return new RegExp(`^(?:2018-)?${stem}-En-${emotion}${part === 'test' ? 'test-gold' : part}\\.txt$`);
}

function layoutIn(task: SemevalTask, folders: (part: (typeof parts)[number]) => readonly string[]): CorpusLayout {
  const { stem, byEmotion, columns, id, targets } = task;
  const path = (part: (typeof parts)[number]) =>
    [...folders(part), `${stem}-En-${byEmotion ? 'anger-' : ''}${part}${part === 'test' ? '-gold' : ''}.txt`].join('/');
  return {
    expects: `${parts.map(path).join(', ')} with the columns ${columns.join(', ')}`,
    files: parts.map((part) => ({
      path: [...folders(part), fileName(task, part)],
      format: tsv(...columns),
      split: part,
    })),
    id,
    subtitle: '{Tweet}',
    targets,
  };
}

/** As a flat folder, or as the published archive: its folder `English`, or the one above. */
function semevalCorpus(task: SemevalTask): Corpus {
  const published = (part: (typeof parts)[number]) => [task.folder, ...(task.byEmotion ? [partFolders[part]] : [])];
  return {
    name: task.name,
    title: task.title,
    splits: parts,
    licence: 'research only',
    modalityMode: 'textonly',
    layouts: [
      layoutIn(task, () => []),
      layoutIn(task, published),
      layoutIn(task, (part) => ['English', ...published(part)]),
    ],
  };
}

const scoreColumns = ['ID', 'Tweet', 'Affect Dimension', 'Intensity Score'];
const classColumns = ['ID', 'Tweet', 'Affect Dimension', 'Intensity Class'];
/** One tweet may be annotated for several emotions. */
const idByEmotion = '{ID}/{Affect Dimension}';

export const semevalEiReg = semevalCorpus({
  name: 'semeval2018-ei-reg',
  title: 'SemEval-2018 Task 1, EI-reg',
  folder: 'EI-reg',
  stem: 'EI-reg',
  byEmotion: true,
  columns: scoreColumns,
  id: idByEmotion,
  targets: [{ task: 'eiReg', emotion: '{Affect Dimension}', intensity: '{Intensity Score}' }],
});

export const semevalEiOc = semevalCorpus({
  name: 'semeval2018-ei-oc',
  title: 'SemEval-2018 Task 1, EI-oc',
  folder: 'EI-oc',
  stem: 'EI-oc',
  byEmotion: true,
  columns: classColumns,
  id: idByEmotion,
  targets: [{ task: 'eiOc', emotion: '{Affect Dimension}', intensity: '{Intensity Class}' }],
});

export const semevalVReg = semevalCorpus({
  name: 'semeval2018-v-reg',
  title: 'SemEval-2018 Task 1, V-reg',
  folder: 'V-reg',
  stem: 'Valence-reg',
  byEmotion: false,
  columns: scoreColumns,
  id: '{ID}',
  targets: [{ task: 'vReg', valence: '{Intensity Score}' }],
});

export const semevalVOc = semevalCorpus({
  name: 'semeval2018-v-oc',
  title: 'SemEval-2018 Task 1, V-oc',
  folder: 'V-oc',
  stem: 'Valence-oc',
  byEmotion: false,
  columns: classColumns,
  id: '{ID}',
  targets: [{ task: 'vOc', valence: '{Intensity Class}' }],
});

export const semevalEC = semevalCorpus({
  name: 'semeval2018-e-c',
  title: 'SemEval-2018 Task 1, E-c',
  folder: 'E-c',
  stem: 'E-c',
  byEmotion: false,
  columns: ['ID', 'Tweet', ...labelSets.semeval2018],
  id: '{ID}',
  targets: [{ task: 'eC', emotions: { columns: labelSets.semeval2018 }, labels: labelSets.semeval2018 }],
});
