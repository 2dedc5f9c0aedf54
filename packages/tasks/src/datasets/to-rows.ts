import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnnotationFiles, Corpus, CorpusLayout, Fields, MediaTemplates, Template } from './corpus';
import { goldTarget } from './gold-target';
import { joinInside } from './media-path';
import type { DataSetOptions } from './options';
import type { EmotionSampleRow, SampleMedia, SampleTarget } from './row';
import type { SideTable } from './side-table';
import { fieldOf, fill } from './template';

/** What turns records into rows: the data set, the layout found, its tables, the options. */
export interface RowContext {
  readonly corpus: Corpus;
  readonly layout: CorpusLayout;
  readonly root: string;
  readonly tables: readonly SideTable[];
  readonly options: DataSetOptions;
}

/** A row; or that the record is none for these tasks; or what is wrong with it. Remarks name what a row had to lose. */
export type RowOutcome =
  | { readonly row: EmotionSampleRow; readonly remarks: readonly string[] }
  | { readonly ignored: true }
  | { readonly problem: string };

/** The records nested in one, or the one itself; a problem when the nesting is not there. */
export function nestedFields(
  layout: CorpusLayout,
  keep: AnnotationFiles['keep'],
  record: Fields,
): readonly Fields[] | undefined {
  if (layout.expand === undefined) return [record];
  const inner = fieldOf(layout.expand, record);
  if (typeof inner !== 'object' || inner === null) return undefined;
  const nested = Object.entries(inner).map(([key, value]) => ({
    $0: record.$0,
    $1: record.$1,
    ...(typeof value === 'object' ? value : { $value: value }),
    $key: key,
    $parent: record,
  }));
  return keep === 'last' ? nested.slice(-1) : nested;
}

/** Makes a row of the fields of a record. */
export async function toRow(context: RowContext, file: AnnotationFiles, record: Fields): Promise<RowOutcome> {
  const { corpus, layout, options } = context;
  const derived = layout.derive ? layout.derive(record) : record;
  if (!derived) return { problem: 'the record is not of the expected shape' };
  const joined = await withTables(context.tables, derived);
  if ('problem' in joined) return joined;
  const speaker = optionalText(layout.speaker, joined.fields);
  const split = heldOutSplit(options, speaker) ?? splitOf(file, layout, joined.fields);
  if (split === undefined) return { problem: `no split is known for ${layout.split?.value}` };
  if (!isWanted(options.split, split)) return { ignored: true };
  const fields = { ...joined.fields, $split: split };
  const id = fill(layout.id, fields)?.trim();
  if (!id) return { problem: `the id ${layout.id} is empty or missing` };
  const gold = targetsOf(layout, fields);
  if (!('targets' in gold)) return gold;
  const media = await mediaOf(context, file.media ?? layout.media, fields);
  if (media && 'problem' in media) return media;
  const subtitle = layout.subtitle === undefined ? undefined : (fill(layout.subtitle, fields)?.trim() ?? '');
  const dialogue = layout.dialogue?.(fields);
  const row: EmotionSampleRow = {
    id,
    dataSet: corpus.name,
    split,
    ...(media ? { media } : {}),
    ...(subtitle === undefined ? {} : { subtitle }),
    ...(speaker === undefined ? {} : { speaker }),
    ...(dialogue ? { dialogue } : {}),
    targets: gold.targets,
    ...(corpus.candidates ? { candidates: corpus.candidates } : {}),
    modalityMode: corpus.modalityMode,
  };
  return { row, remarks: gold.remarks };
}

/** Whether a split was asked for. */
export function isWanted(wanted: DataSetOptions['split'], split: string): boolean {
  return wanted === undefined || (typeof wanted === 'string' ? wanted === split : wanted.includes(split));
}

async function withTables(
  tables: readonly SideTable[],
  record: Fields,
): Promise<{ readonly fields: Fields } | { readonly problem: string }> {
  let fields = record;
  for (const table of tables) {
    const { as, on, required } = table.join;
    const key = fill(on, fields);
    const partner = key === undefined ? undefined : await table.get(key);
    if (!partner && required === 'record') return { problem: `${as}: nothing is listed under ${key ?? on}` };
    fields = { ...fields, [as]: partner };
  }
  return { fields };
}

function heldOutSplit({ speakerSplits }: DataSetOptions, speaker: string | undefined): string | undefined {
  if (speaker === undefined || !speakerSplits) return undefined;
  return Object.entries(speakerSplits).find(([, speakers]) => speakers.includes(speaker))?.[0];
}

function splitOf(file: AnnotationFiles, { split: rule }: CorpusLayout, fields: Fields): string | undefined {
  if (!rule) return file.split;
  const value = fill(rule.value, fields)?.trim() ?? '';
  return Object.hasOwn(rule.names, value) ? rule.names[value] : rule.otherwise;
}

const optionalText = (template: Template | undefined, fields: Fields) =>
  template === undefined ? undefined : fill(template, fields)?.trim() || undefined;

type Targets = { readonly targets: EmotionSampleRow['targets']; readonly remarks: readonly string[] };

function targetsOf(layout: CorpusLayout, fields: Fields): Targets | { ignored: true } | { problem: string } {
  const targets: SampleTarget[] = [];
  const remarks: string[] = [];
  let problem: string | undefined;
  for (const rule of layout.targets) {
    const gold = goldTarget(rule, fields);
    if ('target' in gold) {
      targets.push(gold.target);
      if (gold.remark) remarks.push(`${rule.task}: ${gold.remark}`);
    } else if ('problem' in gold) {
      if (!gold.optional) return { problem: `${rule.task}: ${gold.problem}` };
      problem = gold.problem;
      remarks.push(`left out ${rule.task}: ${gold.problem}`);
    }
  }
  const [first, ...rest] = targets;
  if (first) return { targets: [first, ...rest], remarks };
  return problem === undefined ? { ignored: true } : { problem };
}

async function mediaOf(
  { root, options }: RowContext,
  templates: MediaTemplates | undefined,
  fields: Fields,
): Promise<SampleMedia | { readonly problem: string } | undefined> {
  if (!templates) return undefined;
  const media: Record<string, string> = {};
  for (const [kind, places] of Object.entries(templates) as [keyof SampleMedia, readonly Template[]][]) {
    const relative = places.map((place) => fill(place, fields)).filter((path) => path !== undefined);
    const paths = relative.map((path) => joinInside(root, path));
    if (paths.includes(undefined))
      return { problem: `the ${kind} path ${relative.join(' or ')} leads out of the data set` };
    const path = options.media === 'existing' ? await firstExisting(paths as string[]) : paths[0];
    if (path !== undefined) media[kind] = path;
  }
  if (Object.keys(media).length > 0) return media;
  return options.media === 'existing' ? { problem: `no clip at ${placesOf(root, templates, fields)}` } : undefined;
}

const placesOf = (root: string, templates: MediaTemplates, fields: Fields) =>
  Object.values(templates)
    .flat()
    .map((place: Template) => join(root, fill(place, fields) ?? place))
    .join(', ');

async function firstExisting(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await stat(path).catch(() => undefined)) return path;
  return undefined;
}
