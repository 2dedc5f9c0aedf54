import { type Checkpoint, layerCheckpoints } from '@nano-emox/engine/checkpoints';
import { InvalidArgumentError, WeightsMismatchError } from '@nano-emox/tensor-contract';
import type { ModelPart, PartPlan } from './model-parts';
import type { OpenSources } from './open-sources';

/** Which files hold a part, for those who did not give them. */
const holders: Readonly<Record<ModelPart, string>> = {
  'face-encoder': 'FaceXFormer’s model.pt and a Nano-EmoX checkpoint',
  'scene-encoder': 'CLIP',
  'audio-encoder': 'HuBERT',
  'video-adapter': 'a Nano-EmoX checkpoint',
  'audio-adapter': 'a Nano-EmoX checkpoint',
  'fusion-experts': 'a Nano-EmoX checkpoint',
  'language-model': 'Qwen2.5 or another language model',
};

/**
 * One checkpoint with everything that the parts need, before a value is read.
 * @throws InvalidArgumentError when nothing was given for a part
 * @throws WeightsMismatchError listing every missing, unexpected and mis-shaped name of all files, as the files have them
 */
export function requireComplete(plans: readonly PartPlan[], sources: OpenSources): Checkpoint {
  const all = layerCheckpoints(sources.checkpoints);
  const absent = plans.filter(({ part }) => !all.names.some((name) => name.startsWith(`${part}.`)));
  if (absent.length > 0) throw nothingGiven(absent.map(({ part }) => part));
  const missing: string[] = [];
  const misshapen: { name: string; expected: readonly number[]; received: readonly number[] }[] = [];
  for (const { part, shapes } of plans) {
    for (const [name, expected] of shapes) {
      const received = all.entries.get(`${part}.${name}`)?.dims;
      const original = () => sources.sourceName(`${part}.${name}`);
      if (received === undefined) missing.push(original());
      else if (received.join() !== expected.join()) misshapen.push({ name: original(), expected, received });
    }
  }
  const unexpected = all.names.filter((name) => isUnexpected(name, plans)).map(sources.sourceName);
  if (missing.length + unexpected.length + misshapen.length === 0) return all;
  throw new WeightsMismatchError({
    where: all.files.join(', '),
    missing,
    unexpected,
    misshapen,
    hint: 'Give all files, those of Nano-EmoX in the order they were trained in, and the configuration they belong to.',
  });
}

/** Parts that are not converted are left alone; a name that belongs to no part is not. */
function isUnexpected(name: string, plans: readonly PartPlan[]): boolean {
  const dot = name.indexOf('.');
  const [part, rest] = [name.slice(0, dot), name.slice(dot + 1)];
  const plan = plans.find((candidate) => candidate.part === part);
  if (plan) return !plan.shapes.has(rest) && !plan.ignores(rest);
  return !Object.hasOwn(holders, part);
}

const nothingGiven = (parts: readonly ModelPart[]) =>
  new InvalidArgumentError({
    message: `no file holds ${parts.join(', ')}`,
    hint: `Give ${[...new Set(parts.map((part) => holders[part]))].join(', ')}; or name the parts to convert.`,
    argument: 'files',
  });
