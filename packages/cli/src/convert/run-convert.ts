import { matricesAsInt8, readJsonFile, type WeightStorage } from '@nano-emox/engine/weights';
import { type EmotionModelConfig, NanoEmoX, presets } from 'nano-emox';
import { type ConvertStorage, convertModel, exportAdapter, type ModelPart, modelParts } from 'nano-emox/convert';
import { progressText } from '../bytes-text';
import { type ExitCode, exitCodes } from '../exit-codes';
import { type CommandOutput, interruptible } from '../interruptible';
import type { OutputChoice } from '../shared-options';
import { StatusLine } from '../status-line';

/** What becomes what. */
export interface ConvertChoice extends OutputChoice {
  readonly files: readonly string[];
  readonly out: string;
  readonly format: 'model' | 'peft';
  /** Name of a preset, or path of a configuration. */
  readonly preset: string | undefined;
  /** Model whose encoders are put in front of a language model. */
  readonly encoders?: string | undefined;
  readonly part: ModelPart | undefined;
  readonly storage: ConvertStorage | undefined;
  readonly json: boolean;
}

/** Converts and prints where the result is. @returns the exit code of the program */
export function runConvert(choice: ConvertChoice, output: CommandOutput): Promise<ExitCode> {
  const line = new StatusLine(output.stderr, choice);
  const work = async (signal: AbortSignal): Promise<ExitCode> => {
    const written = await convert(choice, line, signal).finally(() => line.clear());
    const text = `${written.parts.join(', ')} in ${written.folder}\n`;
    output.stdout.write(choice.json ? `${JSON.stringify(written, null, 2)}\n` : text);
    return exitCodes.ok;
  };
  return interruptible(work, output, choice);
}

async function convert(
  choice: ConvertChoice,
  line: StatusLine,
  signal: AbortSignal,
): Promise<{ readonly folder: string; readonly parts: readonly string[] }> {
  const { files, out, format, preset, encoders, part, storage } = choice;
  if (encoders !== undefined) return assemble(choice, encoders, signal);
  if (format === 'peft') {
    await exportAdapter(files[0] as string, out, { signal });
    return { folder: out, parts: ['lora'] };
  }
  return convertModel(files, out, {
    ...(preset !== undefined && { config: await readPreset(preset) }),
    ...(part && { parts: [part] }),
    storage,
    signal,
    onEvent: (event) => {
      if (event.type === 'convert-delta') {
        line.draw(`${event.part}: ${progressText(event.writtenBytes, event.totalBytes)}`);
      }
    },
  });
}

/** A whole model out of a language model and the encoders of another one. It runs nowhere here, it is only written. */
async function assemble(
  { files: [languageModel = ''], out, preset = 'small', storage }: ConvertChoice,
  encoders: string,
  signal: AbortSignal,
) {
  const parts = { languageModel, encoders };
  await using model = await NanoEmoX.assemble(await readPreset(preset), parts, { device: 'cpu', signal });
  await model.save(out, { ...(storage && storage !== 'source' && { storage: storageAs(storage) }), signal });
  return { folder: out, parts: modelParts };
}

const storageAs = (storage: WeightStorage) => (storage === 'int8' ? matricesAsInt8 : () => storage);

async function readPreset(preset: string): Promise<Partial<EmotionModelConfig>> {
  if (Object.hasOwn(presets, preset)) return presets[preset as keyof typeof presets];
  const { component: _, formatVersion: __, ...config } = (await readJsonFile(preset)) as Record<string, unknown>;
  return config;
}
