import { adapterDefinition } from '@nano-emox/adapters';
import { audioEncoderDefinition } from '@nano-emox/audio-encoder';
import { duplexAttention } from '@nano-emox/duplex-attention';
import { traceModule } from '@nano-emox/engine';
import type { ComponentDefinition } from '@nano-emox/engine/runtime';
import { faceEncoderDefinition } from '@nano-emox/face-encoder';
import { fusionDefinition } from '@nano-emox/fusion-experts';
import { decoderDefinitionWith } from '@nano-emox/lm-lora';
import { sceneEncoderDefinition } from '@nano-emox/scene-encoder';
import { componentFolders } from '../model/components';
import type { EmotionModelConfig } from '../model-config';

const definitions = {
  faceEncoder: faceEncoderDefinition,
  sceneEncoder: sceneEncoderDefinition,
  audioEncoder: audioEncoderDefinition,
  videoAdapter: adapterDefinition,
  audioAdapter: adapterDefinition,
  fusion: fusionDefinition,
  languageModel: decoderDefinitionWith(duplexAttention),
};
type PartField = keyof typeof definitions;
const fields = Object.keys(definitions) as PartField[];

/** Folder of a part inside a model folder, which is also what the part is called on a command line. */
export type ModelPart = (typeof componentFolders)[PartField];

/** All parts that published checkpoints hold, in the order in which they are written. */
export const modelParts: readonly ModelPart[] = fields.map((field) => componentFolders[field]);

/** What is written for a part, and the tensors it needs. */
export interface PartPlan {
  readonly part: ModelPart;
  /** Content of its `config.json`, without the version. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Shapes of all its tensors, by their name in the part. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Tensors that published checkpoints carry and the part never reads. */
  readonly ignores: (name: string) => boolean;
}

type AnyDefinition = ComponentDefinition<object, string, string>;

/** Plans parts of a model. @throws InvalidConfigError */
export function planParts(config: Pick<EmotionModelConfig, PartField>, parts: readonly ModelPart[]): PartPlan[] {
  return parts.map((part) => {
    const field = fields.find((name) => componentFolders[name] === part) as PartField;
    const { type, module, resolveConfig } = definitions[field] as unknown as AnyDefinition;
    const resolved = resolveConfig(config[field]);
    const { parameters } = traceModule(module, resolved);
    return {
      part,
      config: { component: type, ...resolved },
      shapes: new Map([...parameters].map(([name, { shape }]) => [name, shape as readonly number[]])),
      ignores: (name) => module.ignores?.(name, resolved) ?? false,
    };
  });
}
