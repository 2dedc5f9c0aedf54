import { audioEncoderModule, presets as audioPresets } from '@nano-emox/audio-encoder';
import { type Graph, graphOf, input, linear, type Precision, parameter, Random, traceModule } from '@nano-emox/engine';
import { openOnnxRuntimeNode } from '@nano-emox/engine/onnxruntime-node';
import { faceFeaturesModule, presets as facePresets } from '@nano-emox/face-encoder';
import { sceneEncoderModule, presets as scenePresets } from '@nano-emox/scene-encoder';
import { f32, floatTensor, type HostTensor } from '@nano-emox/tensor-contract';
import { type Contestant, timed } from '../measure/contestant';
import { SQUARE } from '../measure/square-product';
import { generatedWeights } from './generated-weights';

/** An encoder of the paper's size on one clip: 8 frames, or 16 s of sound as 8 clips of 2 s. */
export interface PaperEncoder {
  /** As `paper_encoder.py` calls it. */
  readonly kind: 'scene' | 'audio' | 'face';
  readonly title: string;
  readonly graph: Graph;
  readonly inputs: Readonly<Record<string, HostTensor>>;
}

const frames = (type: 'uint8' | 'float32'): HostTensor => {
  const dims = [1, 8, 3, 224, 224];
  const random = new Random(2);
  const values = Float32Array.from({ length: 8 * 3 * 224 * 224 }, () => Math.floor(256 * random.uniform()));
  return type === 'uint8' ? { type, dims, data: Uint8Array.from(values) } : floatTensor(values, dims);
};

function voice(): HostTensor {
  const random = new Random(3);
  return floatTensor(
    Float32Array.from({ length: 8 * 32_000 }, () => 0.1 * random.normal()),
    [1, 8, 32_000],
  );
}

const clip = { batch: 1, frames: 8, clips: 8 };

export const paperEncoders: readonly (() => PaperEncoder)[] = [
  () => ({
    kind: 'scene',
    title: 'CLIP ViT-L/14, 8 frames',
    graph: traceModule(sceneEncoderModule, scenePresets.paper, { axes: clip }),
    inputs: { frames: frames(scenePresets.paper.inputType) },
  }),
  () => ({
    kind: 'audio',
    title: 'HuBERT-large, 16 s',
    graph: traceModule(audioEncoderModule, audioPresets.paper, { axes: { ...clip, samples: 32_000 } }),
    inputs: { samples: voice() },
  }),
  () => ({
    kind: 'face',
    title: 'Swin-B, 8 frames',
    graph: traceModule(faceFeaturesModule, facePresets.paper, { axes: clip }),
    inputs: { frames: frames('uint8') },
  }),
];

/** A contestant that keeps what it computed. */
export interface Computing extends Contestant {
  readonly result: Float32Array;
}

/** A graph with random weights at a precision, in this process. */
export async function openGraph(
  name: string,
  { graph, inputs }: Pick<PaperEncoder, 'graph' | 'inputs'>,
  precision: Precision,
  threads: number,
): Promise<Computing> {
  const executor = await openOnnxRuntimeNode({ threads, workers: 0 });
  const session = await executor.load({ graph, weights: generatedWeights(graph) }, { name, precision });
  const output =
    [...graph.outputs.keys()].find((key) => key === 'features') ?? ([...graph.outputs.keys()][0] as string);
  const contestant = {
    name: `engine ${precision}`,
    details: executor.device,
    result: new Float32Array() as Float32Array,
    run: () =>
      timed(async () => {
        contestant.result = (await session.run(inputs))[output]?.data as Float32Array;
        return undefined;
      }),
    dispose: () => executor.dispose(),
  };
  return contestant;
}

/** One large product with a frozen matrix: what ONNX Runtime makes of this machine at a precision. */
export function openProduct(precision: Precision, threads: number): Promise<Computing> {
  const weight = parameter('weight', [SQUARE, SQUARE], { kind: 'constant', value: 0 });
  const graph = graphOf({ y: linear(input('x', f32(SQUARE, SQUARE)), weight) });
  const random = new Random(4);
  const x = floatTensor(
    Float32Array.from({ length: SQUARE ** 2 }, () => random.normal()),
    [SQUARE, SQUARE],
  );
  return openGraph('one product', { graph, inputs: { x } }, precision, threads);
}
