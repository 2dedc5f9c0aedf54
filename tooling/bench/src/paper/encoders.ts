import { audioEncoderModule, presets as audioPresets } from '@nano-emox/audio-encoder';
import {
  type Graph,
  graphOf,
  input,
  linear,
  mean,
  type Precision,
  parameter,
  Random,
  type TensorMap,
  traceModule,
  type Value,
} from '@nano-emox/engine';
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
  readonly inputs: Inputs;
  /** The same for any number of frames or of stretches of sound. */
  readonly growing: { readonly unit: string; readonly graph: Graph; readonly inputsOf: (count: number) => Inputs };
}

type Inputs = Readonly<Record<string, HostTensor>>;

function framesOf(count: number): Inputs {
  const random = new Random(2);
  const data = Uint8Array.from({ length: count * 3 * 224 * 224 }, () => Math.floor(256 * random.uniform()));
  return { frames: { type: 'uint8', dims: [1, count, 3, 224, 224], data } };
}

function voiceOf(count: number): Inputs {
  const random = new Random(3);
  const values = Float32Array.from({ length: count * 32_000 }, () => 0.1 * random.normal());
  return { samples: floatTensor(values, [1, count, 32_000]) };
}

const clip = { batch: 1, frames: 8, clips: 8 };
/** Frames, and stretches of sound, of a clip. */
const USUAL_COUNT = 8;

function paperEncoder<Config extends object>(
  kind: PaperEncoder['kind'],
  title: string,
  module: Parameters<typeof traceModule<Config, string, string>>[0],
  config: Config,
  inputsOf: (count: number) => Inputs,
): PaperEncoder {
  const samples = { samples: 32_000 };
  return {
    kind,
    title,
    graph: traceModule(module, config, { axes: { ...clip, ...samples } }),
    inputs: inputsOf(USUAL_COUNT),
    growing: {
      unit: kind === 'audio' ? '2 s of sound' : 'frame',
      graph: traceModule(module, config, { axes: { batch: 1, ...samples } }),
      inputsOf,
    },
  };
}

export const paperEncoders: readonly (() => PaperEncoder)[] = [
  () => paperEncoder('scene', 'CLIP ViT-L/14, 8 frames', sceneEncoderModule, scenePresets.paper, framesOf),
  () => paperEncoder('audio', 'HuBERT-large, 16 s', audioEncoderModule, audioPresets.paper, voiceOf),
  () => paperEncoder('face', 'Swin-B, 8 frames', faceFeaturesModule, facePresets.paper, framesOf),
];

/** Products in a row. */
export const PRODUCTS = 16;

type GraphWithInputs = Pick<PaperEncoder, 'graph' | 'inputs'>;

/** A contestant that keeps what it computed. */
export interface Computing extends Contestant {
  readonly result: Float32Array;
}

/** A graph with random weights at a precision, in this process, for inputs of any size. */
export interface OpenedGraph {
  readonly device: string;
  compute(inputs: Inputs): Promise<TensorMap>;
  dispose(): Promise<void>;
}

export async function openSizes(
  name: string,
  graph: Graph,
  precision: Precision,
  threads: number,
): Promise<OpenedGraph> {
  const executor = await openOnnxRuntimeNode({ threads, workers: 0 });
  const session = await executor.load({ graph, weights: generatedWeights(graph) }, { name, precision });
  const { device } = executor;
  return { device, compute: (inputs) => session.run(inputs), dispose: () => executor.dispose() };
}

/** The same as a contestant, with inputs of its own. */
export async function openGraph(
  name: string,
  { graph, inputs }: GraphWithInputs,
  precision: Precision,
  threads: number,
): Promise<Computing> {
  const { device, compute, dispose } = await openSizes(name, graph, precision, threads);
  const output =
    [...graph.outputs.keys()].find((key) => key === 'features') ?? ([...graph.outputs.keys()][0] as string);
  const contestant = {
    name: `engine ${precision}`,
    details: device,
    result: new Float32Array() as Float32Array,
    run: () =>
      timed(async () => {
        contestant.result = (await compute(inputs))[output]?.data as Float32Array;
        return undefined;
      }),
    dispose,
  };
  return contestant;
}

/** Large products in a row, each with the same frozen matrix: what ONNX Runtime makes of this machine at a precision. */
export function openProduct(precision: Precision, threads: number): Promise<Computing> {
  const weight = parameter('weight', [SQUARE, SQUARE], { kind: 'constant', value: 0 });
  // Several, so that a run takes as long as one of an encoder: threads of other contestants spin for a while after their runs.
  let y: Value = input('x', f32(SQUARE, SQUARE));
  for (let product = 0; product < PRODUCTS; product++) y = linear(y, weight);
  // The mean costs nothing, and a product that is a result itself would be rounded in another way.
  const graph = graphOf({ y: mean(y, [1]) });
  const random = new Random(4);
  const x = floatTensor(
    Float32Array.from({ length: SQUARE ** 2 }, () => random.normal()),
    [SQUARE, SQUARE],
  );
  return openGraph('products', { graph, inputs: { x } }, precision, threads);
}
