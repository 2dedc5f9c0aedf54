import { audioEncoderModule } from '@nano-emox/audio-encoder';
import { duplexAttention } from '@nano-emox/duplex-attention';
import { productFlops, traceModule } from '@nano-emox/engine';
import { faceEncoderModule } from '@nano-emox/face-encoder';
import { fusionModule } from '@nano-emox/fusion-experts';
import { type DecoderConfig, generationModuleWith } from '@nano-emox/lm-lora';
import { sceneEncoderModule } from '@nano-emox/scene-encoder';
import type { EmotionModelConfig, StageName } from 'nano-emox';

/** How much the encoders read of a clip; 0 frames without picture, 0 clips without sound. */
export interface ClipSizes {
  readonly frames: number;
  /** Sound clips, and samples of each. */
  readonly clips: number;
  readonly samples: number;
}

/** Stages that are products and little else. */
export type ComputedStage = Exclude<StageName, 'decode'>;

/** Multiplications and additions of a stage, counted in the graph that runs. */
export function stageFlops(stage: ComputedStage, config: EmotionModelConfig, sizes: ClipSizes): number {
  const options = { axes: { batch: 1, ...sizes } };
  const graphs = {
    scene: () => traceModule(sceneEncoderModule, config.sceneEncoder, options),
    face: () => traceModule(faceEncoderModule, config.faceEncoder, options),
    voice: () => traceModule(audioEncoderModule, config.audioEncoder, options),
    fuse: () => traceModule(fusionModule, config.fusion, options),
  };
  return productFlops(graphs[stage]());
}

/** The same of reading `time` tokens behind `past` others, with the scores of the next one. */
export function tokenFlops(config: DecoderConfig, time: number, past = 0): number {
  const axes = { batch: 1, time, past, total: past + time, soft: 1, rows: 1 };
  return productFlops(traceModule(generationModuleWith(duplexAttention), config, { axes }));
}
