import { createNameTable, type NameTable } from '@nano-emox/engine/weights';
import { loraTargets } from '../config/lora-config';

/** peft wraps a layer and moves its weights one level down; its names otherwise stand behind `prefix`. */
const wrappedNames = (prefix: string): NameTable =>
  createNameTable([
    ...loraTargets.map((target) => ({ from: `${prefix}.**.${target}.base_layer.*`, to: `**.${target}.*` })),
    { from: `${prefix}.**`, to: '**' },
  ]);

/** A model in memory with peft's LoRA on all seven projections, to our names. */
export const peftNames = wrappedNames('base_model.model');

/** The language model inside a released Nano-EmoX checkpoint, to our names. */
export const publishedNames = wrappedNames('llama_model.base_model.model');

/** An adapter that peft's `save_pretrained` wrote (LoRA matrices only, without the adapter's name), to our names. */
export const peftAdapterNames = createNameTable([
  { from: 'base_model.model.**.lora_A.weight', to: '**.lora_A.default.weight' },
  { from: 'base_model.model.**.lora_B.weight', to: '**.lora_B.default.weight' },
]);
