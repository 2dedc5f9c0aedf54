import { InvalidArgumentError } from '@nano-emox/tensor-contract';
import type { LabelledMedia } from '../instructions/instruction-record';
import { requireLabels } from './label-indices';

/** Parts of the published layout. */
const splits = ['train', 'val', 'test'] as const;

/**
 * Describes a picture set that lies as `{train,val,test}/<class>/<name>.<ending>` to the reader of
 * `@nano-emox/tasks/datasets`, as a plain object of its type `Corpus`; parts that are absent have no rows.
 * @param name of the data set, e.g. `emotion6`
 * @param labels classes; folders of other names are refused by the reader
 * @throws InvalidConfigError for fewer than two labels or one twice
 * @example
 * for await (const row of openDataSet(pictureCorpus('fi', emotionLabelSets.fi), './images/FI'))
 * samples.push(labelledMedia(row));
 */
export function pictureCorpus(name: string, labels: readonly string[]) {
  requireLabels('pictureCorpus', labels);
  return {
    name,
    title: name,
    splits,
    licence: 'as its owner says',
    modalityMode: 'image',
    candidates: labels,
    layouts: [
      {
        expects: '{train,val,test}/<class>/<name>.{jpg,jpeg,png,webp}',
        files: [
          {
            path: [/^(?<part>train|val|test)$/, /^(?<label>.+)$/, /^(?<name>.+\.(?:jpe?g|png|webp))$/i],
            format: { kind: 'file-name' },
          },
        ],
        split: { value: '{part}', names: { train: 'train', val: 'val', test: 'test' } },
        id: '{part}/{label}/{name}',
        media: { image: ['{part}/{label}/{name}'] },
        targets: [{ task: 'mer', label: '{label}', labels }],
      },
    ],
  } as const;
}

/** The part of a row of `@nano-emox/tasks/datasets` that matters here. */
export interface EmotionRow {
  readonly id: string;
  readonly media?: { readonly image?: string; readonly video?: string };
  readonly targets: readonly { readonly task: string; readonly value: unknown }[];
}

/**
 * Image or clip, and emotion, of a row.
 * @throws InvalidArgumentError for a row without image and video, or without emotion
 */
export function labelledMedia({ id, media, targets }: EmotionRow): LabelledMedia {
  const value = targets.find(({ task }) => task === 'mer')?.value as { readonly emotion?: unknown } | undefined;
  const { image, video } = media ?? {};
  if (typeof value?.emotion !== 'string' || (image === undefined && video === undefined)) {
    throw new InvalidArgumentError({
      message: `labelledMedia: the row ${id} has ${typeof value?.emotion === 'string' ? 'neither image nor video' : 'no emotion'}`,
      hint: 'Use rows of a set for emotion recognition with pictures or clips.',
      argument: 'row',
    });
  }
  const shown = { ...(image !== undefined && { image }), ...(video !== undefined && { video }) };
  return { id, media: shown, label: value.emotion };
}
