import { join } from 'node:path';
import type { Device } from '@nano-emox/engine';
import { FORMAT_VERSION, openExecutor } from '@nano-emox/engine/runtime';
import { readJsonFile } from '@nano-emox/engine/weights';
import { type CurriculumName, curricula, type ModelChanges, paperScale, type TrainingEvent } from '@nano-emox/p2e';
import {
  type Corpus,
  type EmotionSampleRow,
  type IndexedDataSet,
  indexDataSet,
  type RowIssue,
} from '@nano-emox/tasks/datasets';
import {
  InvalidArgumentError,
  InvalidConfigError,
  MissingFileError,
  type RunOptions,
} from '@nano-emox/tensor-contract';
import { type EmotionModelConfig, resolveModelConfig } from 'nano-emox';
import { changeModelConfig } from 'nano-emox/training';
import { contentFraction } from '../data/hash-split';
import type { SampleEvent } from '../samples/sample-options';
import { type CorpusEvent, corpusSource } from '../sources/corpus-source';
import type { EmotionSource } from '../sources/emotion-source';
import { openEncoders } from '../sources/frozen-encoders';
import { namedCorpus } from '../sources/named-corpus';
import { tinyScale } from '../tiny/tiny-scale';
import { corpusMixtures } from './corpus-mixtures';
import { partsOfModel } from './pretrained-folders';
import { scaleSteps } from './scaled-steps';
import { trainEmotionModel } from './train-emotion-model';
import type { TrainedEmotionModel } from './training-options';

/** What happens while corpora are read and trained on. */
export type CorpusTrainingEvent =
  | TrainingEvent
  | SampleEvent
  | CorpusEvent
  /** A row of an annotation that cannot be used. */
  | ({ readonly type: 'row-issue' } & RowIssue);

export interface TrainOnCorporaOptions extends RunOptions {
  /** Folder of the model whose encoders and language model are taken. */
  readonly from: string;
  /** Corpora by name, or tables with a `dataset.json`, and where they lie. */
  readonly dataSets: readonly { readonly name: string; readonly folder: string }[];
  readonly runFolder: string;
  /** Features of the clips; runs with the same encoders may share it. @default `features` in the run folder */
  readonly cacheFolder?: string;
  /** @default 'p2e' */
  readonly curriculum?: CurriculumName;
  /** What an ablation changes in the model. @default nothing */
  readonly changes?: ModelChanges;
  /** @default 1 */
  readonly seed?: number;
  /** Factor of all numbers of steps. @default 1: the paper's, or those of the preset `tiny` for a model of that preset */
  readonly stepsScale?: number;
  /** A phase ends after this many verdicts in a row without a new best. @default never */
  readonly patience?: number;
  readonly device?: Device;
  readonly threads?: number;
  readonly onEvent?: (event: CorpusTrainingEvent) => void;
}

/** Part of the training clips held out where a corpus has no part `dev`. */
const HELD_OUT_SHARE = 0.05;

/**
 * Trains on corpora: the encoders and the language model of a model, adapters, fusion and LoRA anew. Trains on the parts
 * `train`, chooses weights on `dev` (or on a twentieth of `train`, by speaker where speakers are known), and never reads `test`.
 * @throws what `trainEmotionModel`, `indexDataSet` and `corpusSource` throw
 */
export async function trainOnCorpora(options: TrainOnCorporaOptions): Promise<TrainedEmotionModel> {
  const { from, dataSets, runFolder, curriculum = 'p2e', changes = {}, seed = 1, stepsScale = 1 } = options;
  const { patience, device, threads, signal, onEvent } = options;
  requireDataSets(dataSets);
  const config = await readModelConfig(from);
  const pretrained = partsOfModel(from);
  const executor = await openExecutor({ ...(device && { device }), ...(threads && { threads }) });
  const opened: { dispose(): Promise<void> }[] = [executor];
  try {
    const encoders = await openEncoders(pretrained, executor);
    opened.unshift(encoders);
    const read = async (parts: readonly CorpusPart[]): Promise<EmotionSource[]> => {
      const sources: EmotionSource[] = [];
      for (const part of parts) {
        const source = await corpusSource({
          ...part,
          encoders,
          input: config.input,
          cacheFolder: options.cacheFolder ?? join(runFolder, 'features'),
          ...(signal && { signal }),
          ...(onEvent && { onEvent }),
        });
        if (source.length > 0) sources.push(source);
      }
      return sources;
    };
    const parts: { train: CorpusPart; validation: CorpusPart }[] = [];
    for (const { name, folder } of dataSets) {
      const { indexes, ...found } = await openParts(await namedCorpus(name, folder), folder, options);
      opened.unshift(...indexes);
      parts.push(found);
    }
    const train = await corpusMixtures(await read(parts.map((part) => part.train)));
    const held = await corpusMixtures(await read(parts.map((part) => part.validation)));
    const scale = scaleSteps(config.preset === 'tiny' ? tinyScale : paperScale, stepsScale);
    const { name, phases } = curricula[curriculum](train.mixtures, scale);
    return await trainEmotionModel({
      config: changeModelConfig(config, changes),
      pretrained,
      curriculum: { name, phases: phases.filter(({ mixture }) => Object.keys(mixture).length > 0) },
      sources: train.sources,
      validationSources: held.sources,
      seed,
      runFolder,
      about: { dataSets: dataSets.map((set) => set.name) },
      ...(patience !== undefined && { validation: { patience } }),
      ...(device && { device }),
      ...(threads && { threads }),
      ...(signal && { signal }),
      ...(onEvent && { onEvent }),
    });
  } finally {
    for (const part of opened) await part.dispose();
  }
}

/** Rows of one part of a corpus. */
interface CorpusPart {
  readonly rows: IndexedDataSet;
  readonly select?: (row: EmotionSampleRow) => boolean;
}

async function openParts(corpus: Corpus, folder: string, { onEvent, signal }: TrainOnCorporaOptions) {
  const open = (split: string) =>
    indexDataSet(corpus, folder, {
      split,
      media: 'existing',
      badRows: 'skip',
      onRowIssue: (issue) => onEvent?.({ type: 'row-issue', ...issue }),
      ...(signal && { signal }),
    });
  const train = await open('train');
  const dev = corpus.splits.includes('dev') ? await open('dev').catch(undefinedWhereMissing) : undefined;
  if (dev) return { train: { rows: train }, validation: { rows: dev }, indexes: [train, dev] };
  const isHeldOut = ({ speaker, id }: EmotionSampleRow) => contentFraction(speaker ?? id, 1) < HELD_OUT_SHARE;
  return {
    train: { rows: train, select: (row: EmotionSampleRow) => !isHeldOut(row) },
    validation: { rows: train, select: isHeldOut },
    indexes: [train],
  };
}

function undefinedWhereMissing(error: unknown): undefined {
  if (!(error instanceof MissingFileError)) throw error;
}

/** The configuration in the folder of a model. @throws MissingFileError, InvalidFileError, InvalidConfigError */
export async function readModelConfig(folder: string): Promise<EmotionModelConfig> {
  const path = join(folder, 'config.json');
  const { component, formatVersion, ...config } = (await readJsonFile(path)) as Partial<EmotionModelConfig> & {
    component?: string;
    formatVersion?: number;
  };
  if (component === 'nano-emox' && formatVersion === FORMAT_VERSION) return resolveModelConfig(config);
  throw new InvalidConfigError({
    message: `${path} describes ${String(component)} in format ${String(formatVersion)}, expected nano-emox in format ${FORMAT_VERSION}`,
    hint: 'Give the folder of a whole model.',
    field: component === 'nano-emox' ? 'formatVersion' : 'component',
  });
}

function requireDataSets(dataSets: TrainOnCorporaOptions['dataSets']): void {
  const names = dataSets.map(({ name }) => name);
  if (names.length > 0 && new Set(names).size === names.length) return;
  throw new InvalidArgumentError({
    message: names.length === 0 ? 'there is no data set to train on' : `a data set is given twice: ${names.join(', ')}`,
    hint: 'Give one or more data sets, each with a name of its own.',
    argument: 'dataSets',
  });
}
