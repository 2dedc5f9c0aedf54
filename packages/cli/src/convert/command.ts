import type { ArgsDef } from 'citty';
import { CommandArguments } from '../arguments';
import type { DocumentedCommand } from '../documented-command';
import { outputArguments, readOutputChoice } from '../shared-options';

const storages = ['source', 'float32', 'float16', 'bfloat16', 'int8'] as const;
const formats = ['model', 'peft'] as const;
// As `modelParts` of nano-emox/convert, which help and completion must not load.
const parts = [
  'face-encoder',
  'scene-encoder',
  'audio-encoder',
  'video-adapter',
  'audio-adapter',
  'fusion-experts',
  'language-model',
] as const;

/** `nano-emox convert`: published files into a model folder, or the LoRA of one into a folder of peft. */
export const convertCommand: DocumentedCommand = {
  meta: {
    name: 'convert',
    description: 'Makes a model folder out of published files; what a file is, its tensors tell',
  },
  examples: [
    [
      'clip hubert model.pt Qwen2.5-1.5B-Instruct ckpt.pth ckpt_2.pth ckpt_3.pth --out model',
      'the published model; later checkpoints override earlier ones',
    ],
    ['SmolLM2-135M-Instruct.Q4_1.gguf --part language-model --out lm', 'a language model alone'],
    ['Qwen2.5-1.5B-Instruct my-lora --part language-model --out lm', 'the same with an adapter of peft'],
    ['smollm2 --preset small --encoders tiny --out small', 'a model around a language model, to be trained'],
    ['model --format peft --out adapter', 'the LoRA of a model, for peft'],
  ],
  choices: { part: parts, storage: storages, format: formats, encoders: ['tiny'] },
  args: {
    files: { type: 'positional', required: false, description: 'Files and folders; checkpoints in their order' },
    out: { type: 'string', valueHint: 'folder', description: 'Where the result goes' },
    preset: {
      type: 'string',
      valueHint: 'name',
      description:
        'Sizes of the model: a preset, or a config.json (Default: paper; those of the files for a language model)',
    },
    encoders: {
      type: 'string',
      valueHint: 'model',
      description: 'Around a language model: a model, or tiny, whose encoders are taken; what is between begins fresh',
    },
    part: { type: 'string', valueHint: 'name', description: `Only that: ${parts.join(', ')}` },
    storage: { type: 'string', valueHint: 'name', description: `${storages.join(', ')} (Default: source, exact)` },
    format: { type: 'string', valueHint: 'name', description: `${formats.join(' or ')} (Default: model)` },
    json: { type: 'boolean', description: 'Print one JSON document' },
    ...outputArguments,
  },
  async run({ args, rawArgs, cmd }) {
    const given = new CommandArguments('convert', rawArgs, cmd.args as ArgsDef);
    const files = args._;
    const out = given.text('out');
    if (files.length === 0) given.fail('there are no files to convert', 'Name files or folders.', 'files');
    if (out === undefined) given.fail('there is no folder for the result', 'Write --out and a folder.', 'out');
    const format = given.oneOf('format', formats, 'format') ?? 'model';
    if (format === 'peft' && files.length > 1) given.fail('one model has one LoRA', 'Name one folder.', 'files');
    const encoders = given.text('encoders');
    const part = given.oneOf('part', parts, 'part');
    if (encoders !== undefined && (format === 'peft' || part !== undefined || files.length > 1)) {
      given.fail(
        '--encoders makes a whole model around one language model',
        'Name its folder or file alone.',
        'encoders',
      );
    }
    const { runConvert } = await import('./run-convert');
    const options = {
      files,
      out: out as string,
      format,
      preset: given.text('preset'),
      encoders,
      part,
      storage: given.oneOf('storage', storages, 'storage'),
      json: given.flag('json'),
      ...readOutputChoice(given),
    };
    return runConvert(options, process);
  },
};
