import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Adapter, adapterModule } from '@nano-emox/adapters';
import { AudioEncoder, audioEncoderModule } from '@nano-emox/audio-encoder';
import { type Graph, traceModule } from '@nano-emox/engine';
import { FORMAT_VERSION, type SaveOptions } from '@nano-emox/engine/runtime';
import { writeFileAtomic } from '@nano-emox/engine/weights';
import { FaceEncoder, faceEncoderModule } from '@nano-emox/face-encoder';
import { FusionExperts, fusionModule } from '@nano-emox/fusion-experts';
import { CausalLanguageModel, decoderModule, type TokenizerJson } from '@nano-emox/lm-lora';
import { SceneEncoder, sceneEncoderModule } from '@nano-emox/scene-encoder';
import { folder as tinyWeights } from '@nano-emox/weights-tiny';
import { componentFolders, type EmotionModelConfig, type ModelComponents, presets } from 'nano-emox';
import { generatedWeights } from './generated-weights';
import { LONGEST_CONTEXT } from './measured-answer';

/** The published sizes with room for the longest prompt; random weights never end an answer of their own accord. */
const config = {
  ...presets.paper,
  languageModel: {
    ...presets.paper.languageModel,
    maxPositions: LONGEST_CONTEXT,
    specialTokens: { bos: null, eos: [] },
  },
} satisfies EmotionModelConfig;

interface Saved {
  save(folder: string, options?: SaveOptions): Promise<void>;
  dispose(): Promise<void>;
}

/** Each part with random weights, opened one after the other. */
const parts: Readonly<Record<keyof ModelComponents, () => Promise<Saved>>> = {
  faceEncoder: () => FaceEncoder.fromWeights(...parted(faceEncoderModule, config.faceEncoder)),
  sceneEncoder: () => SceneEncoder.fromWeights(...parted(sceneEncoderModule, config.sceneEncoder)),
  audioEncoder: () => AudioEncoder.fromWeights(...parted(audioEncoderModule, config.audioEncoder)),
  videoAdapter: () => Adapter.fromWeights(...parted(adapterModule, config.videoAdapter)),
  audioAdapter: () => Adapter.fromWeights(...parted(adapterModule, config.audioAdapter)),
  fusion: () => FusionExperts.fromWeights(...parted(fusionModule, config.fusion)),
  languageModel: async () =>
    CausalLanguageModel.fromWeights(...parted(decoderModule, config.languageModel), { tokenizer: await tokenizer() }),
};

/** Writes a model folder, stored as people store models of this size, in 16 bits. */
export async function writePaperModel(folder: string): Promise<void> {
  for (const [part, open] of Object.entries(parts) as [keyof ModelComponents, () => Promise<Saved>][]) {
    const component = await open();
    await component.save(join(folder, componentFolders[part]), { storage: () => 'bfloat16' });
    await component.dispose();
  }
  const document = { component: 'nano-emox', formatVersion: FORMAT_VERSION, ...config };
  await writeFileAtomic(join(folder, 'config.json'), JSON.stringify(document));
}

function parted<Config extends object>(
  module: Parameters<typeof traceModule<Config, string, string>>[0],
  config: Config,
): [Config, ReturnType<typeof generatedWeights>] {
  const graph: Graph = traceModule(module, config);
  return [config, generatedWeights(graph)];
}

/** That of the small model, so that questions have a usual length, with a word per further id, so that every answer can be read. */
async function tokenizer(): Promise<TokenizerJson> {
  const path = join(tinyWeights, componentFolders.languageModel, 'tokenizer.json');
  const known = JSON.parse(await readFile(path, 'utf8')) as {
    readonly added_tokens: readonly { readonly id: number }[];
    readonly model: { readonly vocab: Readonly<Record<string, number>> };
  };
  const first = 1 + Math.max(...Object.values(known.model.vocab), ...known.added_tokens.map(({ id }) => id));
  const further = Array.from({ length: config.languageModel.vocabSize - first }, (_, index) => first + index);
  const vocab = { ...known.model.vocab, ...Object.fromEntries(further.map((id) => [`<w${id}>`, id])) };
  return { ...known, model: { ...known.model, vocab } } as unknown as TokenizerJson;
}
