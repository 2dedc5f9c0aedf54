import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type Checkpoint,
  invertTable,
  openCheckpoint,
  openCheckpointLayers,
  openPeftAdapter,
  type PeftConfig,
  renameCheckpoint,
  type TensorTable,
} from '@nano-emox/engine/checkpoints';
import { createNameTable } from '@nano-emox/engine/weights';
import { type OpenLanguageCheckpoint, openLanguageCheckpoint } from '@nano-emox/lm-lora';
import { InvalidArgumentError, type RunOptions } from '@nano-emox/tensor-contract';
import { type SourceKind, sourceKinds } from './source-kinds';

/** Everything that was given, open: tensors under the names of the parts, with the part in front. */
export interface OpenSources {
  readonly kinds: ReadonlySet<SourceKind['name']>;
  /** Later kinds over earlier ones; a LoRA folder comes last. */
  readonly checkpoints: readonly Checkpoint[];
  /** What the tensor is called in the file it came from, or would have to come from. */
  readonly sourceName: (name: string) => string;
  readonly languageModel: OpenLanguageCheckpoint | undefined;
  readonly lora: PeftConfig | undefined;
  readonly dispose: () => Promise<void>;
}

/**
 * Opens files and folders and tells by the names of their tensors what they are. Several of one kind are shards of one model; those of
 * Nano-EmoX are layers, later ones over earlier ones.
 * @throws InvalidArgumentError (a file of no kind that is read), and what opening throws; nothing stays open then
 */
export async function openSources(paths: readonly string[], options: RunOptions = {}): Promise<OpenSources> {
  const pathsOf = new Map<SourceKind, string[]>();
  for (const path of paths) {
    const kind = await kindOf(path, options);
    pathsOf.set(kind, [...(pathsOf.get(kind) ?? []), path]);
  }
  const opened: OpenSource[] = [];
  const dispose = async () => void (await Promise.all(opened.map(({ checkpoint }) => checkpoint.dispose())));
  try {
    for (const [kind, files] of pathsOf) opened.push(await openKind(kind, files, options));
  } catch (error) {
    await dispose();
    throw error;
  }
  opened.sort((a, b) => loadOrder.indexOf(a.kind.name) - loadOrder.indexOf(b.kind.name));
  return {
    kinds: new Set(opened.map(({ kind }) => kind.name)),
    checkpoints: opened.map(({ checkpoint }) => checkpoint),
    sourceName: (name) => sourceNameOf(opened, name),
    languageModel: opened.find(({ languageModel }) => languageModel)?.languageModel,
    lora: opened.find(({ lora }) => lora)?.lora,
    dispose,
  };
}

/** Later ones count where two hold a tensor, and say first what a tensor is called: those that hold single tensors of a part. */
const loadOrder = ['clip', 'hubert', 'language-model', 'nano-emox', 'lora', 'facexformer'];

interface OpenSource {
  readonly kind: SourceKind;
  readonly checkpoint: Checkpoint;
  readonly tables: readonly TensorTable[];
  readonly languageModel?: OpenLanguageCheckpoint;
  readonly lora?: PeftConfig;
}

async function kindOf(path: string, { signal }: RunOptions): Promise<SourceKind> {
  await using checkpoint = await openCheckpoint(path, { signal });
  const { names } = checkpoint;
  const kind = sourceKinds.find(({ marker }) => names.some((name) => marker.test(name)));
  if (kind) return kind;
  throw new InvalidArgumentError({
    message: `${path}: its tensors (${names.slice(0, 3).join(', ')}, …) are of no model that is converted`,
    hint: `Give ${sourceKinds.map(({ title }) => title).join(', ')}.`,
    argument: 'files',
  });
}

async function openKind(kind: SourceKind, files: readonly string[], { signal }: RunOptions): Promise<OpenSource> {
  if (kind.name === 'language-model') {
    const languageModel = await openLanguageCheckpoint(files.length === 1 ? (files[0] as string) : files, { signal });
    return { ...renamed(kind, languageModel.checkpoint), languageModel };
  }
  if (kind.name === 'lora') {
    const { checkpoint, config } = await openPeftAdapter(await folderOf(files), { signal });
    return { ...renamed(kind, checkpoint), lora: config };
  }
  const root = await rootOf(kind, files[0] as string);
  const options = { signal, ...(root !== undefined && { root }) };
  const isLayered = kind.name === 'nano-emox';
  return renamed(kind, await (isLayered ? openCheckpointLayers(files, options) : openCheckpoint(files, options)));
}

/** The state dict alone is read as well as a file that holds it under a key. */
async function rootOf({ root }: SourceKind, file: string): Promise<string | undefined> {
  await using checkpoint = await openCheckpoint(file);
  return root !== undefined && checkpoint.names.some((name) => name.startsWith(`${root}.`)) ? root : undefined;
}

async function folderOf(files: readonly string[]): Promise<string> {
  const [path = ''] = files;
  if (files.length > 1) {
    throw new InvalidArgumentError({
      message: `several LoRA adapters are given: ${files.join(', ')}`,
      hint: 'Give one.',
      argument: 'files',
    });
  }
  const status = await stat(join(path, 'adapter_config.json')).catch(() => undefined);
  return status ? path : dirname(path);
}

function renamed(kind: SourceKind, source: Checkpoint): Pick<OpenSource, 'kind' | 'checkpoint' | 'tables'> {
  const tables = kind.tables(source.names);
  return { kind, tables, checkpoint: tables.reduce(renameCheckpoint, source) };
}

/** Backwards through the tables of the last source whose tables lead to the name. */
function sourceNameOf(opened: readonly OpenSource[], name: string): string {
  for (const { tables } of [...opened].reverse()) {
    const original = tables.reduceRight((current, table) => inverseName(table, current), name);
    if (original !== name) return original;
  }
  return name;
}

function inverseName(table: TensorTable, name: string): string {
  const rules = invertTable(table).flatMap((rule) => ('drop' in rule || 'axis' in rule ? [] : [rule]));
  return createNameTable(rules).renameName(name);
}
