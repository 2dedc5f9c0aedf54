import { type FeatureDeviation, featureDeviation, type LogitDeviation, type Precision } from '@nano-emox/engine';
import { CausalLanguageModel } from '@nano-emox/lm-lora';
import { type FloatTensor, floatTensor, type HostTensor } from '@nano-emox/tensor-contract';
import { NanoEmoX } from 'nano-emox';
import type { BenchOptions } from '../command-line';
import { languageModelDeviations } from '../precision/deviation-of';
import type { SectionReport } from '../report';

/** Text of our own that no model was trained on. */
const TEXT = `The kettle had been on the stove for almost an hour before anybody noticed. "You were supposed to watch it," said Mara,
though she was laughing. Her brother shrugged, opened the window and let the steam out into the cold garden. They had not spoken since
the funeral, and now it was about a kettle. How does the brother feel? He seems calm, perhaps a little ashamed; she is amused and relieved.
In 1998 the bridge carried 14,200 cars a day; today it is 31,000, and the council wants to know why. List three reasons.`;

const figure = (value: number): string =>
  value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : value.toFixed(4);

const describeFeatures = ({ cosine, worstRowCosine, relativeError }: FeatureDeviation): string =>
  `cosine ${cosine.toFixed(5)}, worst row ${worstRowCosine.toFixed(5)}, relative error ${figure(relativeError)}`;

const describeLogits = ({ meanDivergence, largestDivergence, agreement }: LogitDeviation): string =>
  `KL ${figure(meanDivergence)} nats mean, ${figure(largestDivergence)} largest; same greedy token ${(100 * agreement).toFixed(1)} %`;

/** Slow waves with some noise, as pictures and voices are, in [low, high]. */
function signal(dims: readonly number[], low: number, high: number): Float32Array {
  const count = dims.reduce((product, size) => product * size, 1);
  return Float32Array.from({ length: count }, (_, index) => {
    const wave = 0.5 + 0.4 * Math.sin(index / 37) * Math.cos(index / 1009) + 0.1 * Math.sin(index * index);
    return low + (high - low) * wave;
  });
}

/** Features of the encoders of the tiny model. */
async function encode(precision: Precision, threads: number): Promise<ReadonlyMap<string, FloatTensor>> {
  const model = await NanoEmoX.fromPretrained('tiny', { precision, threads });
  try {
    const { faceEncoder, sceneEncoder, audioEncoder } = model.components;
    const frames = ({ axes }: { readonly axes: readonly (number | string)[] }): HostTensor<'uint8'> => {
      const dims = [1, 8, ...(axes.slice(2) as number[])];
      return { type: 'uint8', dims, data: Uint8Array.from(signal(dims, 0, 255)) };
    };
    const voice = floatTensor(signal([1, 8, 32_000], -0.5, 0.5), [1, 8, 32_000]);
    return new Map([
      ['face encoder', (await faceEncoder.encode(frames(faceEncoder.inputSpec))).features],
      ['scene encoder', (await sceneEncoder.encode(frames(sceneEncoder.inputSpec))).features],
      ['audio encoder', (await audioEncoder.encode(voice)).features],
    ]);
  } finally {
    await model.dispose();
  }
}

/** What int8 and int4 change in results: the encoders and the language model of the tiny model, and a real one where it is given. */
export async function precisionSection({ threads }: BenchOptions): Promise<SectionReport> {
  const notes: string[] = ['deviation from float32, which is also what training computes in'];
  const expected = await encode('float32', threads);
  for (const [name, features] of await encode('int8', threads)) {
    const { data, dims } = expected.get(name) as FloatTensor;
    notes.push(
      `${name}, tiny, int8: ${describeFeatures(featureDeviation(data, features.data, dims[dims.length - 1] as number))}`,
    );
  }
  const tiny = await NanoEmoX.fromPretrained('tiny', { threads });
  notes.push(...(await describeLanguageModel('language model, tiny', tiny.components.languageModel, threads)));
  await tiny.dispose();
  const path = process.env.NANO_EMOX_LANGUAGE_MODEL;
  if (path === undefined)
    notes.push('NANO_EMOX_LANGUAGE_MODEL names a checkpoint (GGUF, Hugging Face) to measure, too');
  else {
    const model = await CausalLanguageModel.fromCheckpoint(path, { threads });
    notes.push(...(await describeLanguageModel(path.split('/').pop() as string, model, threads)));
    await model.dispose();
  }
  return { name: 'precision', comparisons: [], notes };
}

async function describeLanguageModel(name: string, model: CausalLanguageModel, threads: number): Promise<string[]> {
  const { config, weights, tokenizer } = model;
  const inputIds = tokenizer.encode(TEXT).slice(0, config.maxPositions);
  const found = await languageModelDeviations(config, weights, inputIds, ['int8', 'int4'], threads);
  return [...found].map(
    ([precision, deviation]) => `${name}, ${precision}, ${inputIds.length} tokens: ${describeLogits(deviation)}`,
  );
}
