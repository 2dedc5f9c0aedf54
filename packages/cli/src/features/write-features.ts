import { basename, join, resolve } from 'node:path';
import { type StagedFile, stageFile, writeSafetensors } from '@nano-emox/engine/weights';
import { type FoundClip, findClips } from '../analyze/find-clips';
import { type ExitCode, exitCodes } from '../exit-codes';
import { type CommandOutput, interruptible } from '../interruptible';
import { formatError } from '../print-error';
import { type ClipFailureDocument, failureDocument } from '../report/json-document';
import { printable } from '../report/wrap-text';
import { StatusLine } from '../status-line';
import { UsageError } from '../usage-error';
import { type ClipFeatures, clipFeatures } from './clip-features';
import { type FeatureModel, openFeatureModel } from './feature-model';
import { npyFile } from './npy-file';
import type { FeatureOptions } from './options';

/** What was written for a clip. */
export interface FeaturesDocument {
  readonly clip: string;
  /** By tensor: its sizes, and the file that holds it. Values are float32. */
  readonly tensors: Readonly<Record<string, { readonly dims: readonly number[]; readonly file: string }>>;
  /** Components that had nothing to read. */
  readonly missing: readonly string[];
}

/**
 * Writes features clip by clip; one that cannot be used does not stop the others. A file appears whole or not at all, also after
 * Ctrl-C.
 * @returns the exit code of the program
 * @throws UsageError before anything is started
 */
export async function writeFeatures(options: FeatureOptions, output: CommandOutput): Promise<ExitCode> {
  const clips = await findClips(options.clips);
  requireOwnFiles(clips);
  return interruptible((signal) => writeAll(options, clips, output, signal), output, options);
}

async function writeAll(
  options: FeatureOptions,
  clips: readonly FoundClip[],
  output: CommandOutput,
  signal: AbortSignal,
): Promise<ExitCode> {
  const line = new StatusLine(output.stderr, options);
  const documents: (FeaturesDocument | ClipFailureDocument)[] = [];
  let model: FeatureModel | undefined;
  try {
    line.draw('loading the model');
    model = await openFeatureModel(options, options.components, signal);
    for (const [index, clip] of clips.entries()) {
      line.draw(`clip ${index + 1} of ${clips.length}: ${printable(clip.path)}`);
      try {
        const document = await writeClip(model, clip, options, line, signal);
        documents.push(document);
        line.clear();
        if (!options.json) output.stdout.write(clipLine(document));
      } catch (error) {
        if (signal.aborted) throw error;
        line.clear();
        documents.push(failureDocument(clip.path, error));
        output.stderr.write(formatError(error, options));
      }
    }
  } finally {
    line.clear();
    await model?.dispose();
  }
  if (options.json) output.stdout.write(`${JSON.stringify({ clips: documents }, null, 2)}\n`);
  return documents.some((document) => 'error' in document) ? exitCodes.failed : exitCodes.ok;
}

async function writeClip(
  model: FeatureModel,
  { path, error, name }: FoundClip,
  options: FeatureOptions,
  line: StatusLine,
  signal: AbortSignal,
): Promise<FeaturesDocument> {
  if (error) throw error;
  const features = await clipFeatures(model, path, options.components, signal);
  for (const component of features.missing) line.warn(`${printable(path)} has nothing for ${component}`);
  const base = join(options.out, name);
  const files =
    options.format === 'npy'
      ? await asNpy(base, features, signal)
      : await asSafetensors(base, path, model, features, signal);
  const tensors = [...features.tensors].map(([tensor, { dims }]) => [tensor, { dims, file: files(tensor) }]);
  return { clip: path, tensors: Object.fromEntries(tensors), missing: features.missing };
}

/** @returns the file of a tensor */
type FileOf = (tensor: string) => string;

async function asSafetensors(
  base: string,
  path: string,
  { config, device }: FeatureModel,
  { tensors, frameTimesSeconds }: ClipFeatures,
  signal: AbortSignal,
): Promise<FileOf> {
  const file = `${base}.safetensors`;
  const metadata = {
    clip: basename(path),
    model: config.preset,
    device,
    frameTimesSeconds: JSON.stringify(frameTimesSeconds),
  };
  await writeSafetensors(file, tensors, metadata, { signal });
  return () => file;
}

/** All files of a clip appear together, after the last one is written. */
async function asNpy(base: string, { tensors }: ClipFeatures, signal: AbortSignal): Promise<FileOf> {
  const fileOf = (tensor: string) => `${base}.${tensor}.npy`;
  const staged: StagedFile[] = [];
  try {
    for (const [name, tensor] of tensors) staged.push(await stageFile(fileOf(name), npyFile(tensor), { signal }));
  } catch (error) {
    for (const file of staged) await file.discard();
    throw error;
  }
  for (const file of staged) await file.commit();
  return fileOf;
}

function clipLine({ clip, tensors }: FeaturesDocument): string {
  const files = [...new Set(Object.values(tensors).map(({ file }) => file))];
  const shapes = Object.entries(tensors).map(([name, { dims }]) => `${name} ${dims.join('×')}`);
  const target = files.length === 1 ? files[0] : `${files.length} files such as ${files[0]}`;
  return `${printable(clip)} → ${printable(target as string)}\n  ${shapes.join(', ')}\n`;
}

/** @throws UsageError where the features of two clips would have one name */
function requireOwnFiles(clips: readonly FoundClip[]): void {
  const owners = new Map<string, string>();
  for (const { path, name } of clips) {
    const other = owners.get(resolve(name));
    owners.set(resolve(name), path);
    if (other === undefined) continue;
    throw new UsageError({
      message: `the features of ${other} and of ${path} would have one name`,
      hint: 'Name the folder above both, which is kept in the names, or run twice with two --out.',
      argument: 'clips',
    });
  }
}
