import {
  type FeatureDeviation,
  featureDeviation,
  type LogitDeviation,
  logitDeviation,
  type Precision,
} from '@nano-emox/engine';
import { buildPrompt, modeForModalities } from '@nano-emox/tasks';
import type { FloatTensor, PromptSegment, SoftTokens } from '@nano-emox/tensor-contract';
import type { EncodedClip, NanoEmoX } from 'nano-emox';
import { loadModel } from '../load-model';
import type { ComparedPrecision, PrecisionOptions } from './options';

/** An answer of this length is compared, unless the model ends it before. */
const MAX_ANSWER_TOKENS = 64;

/** What is measured. */
export interface DeviationSubject extends Pick<PrecisionOptions, 'model' | 'device' | 'threads' | 'precisions'> {
  readonly clip: string;
  readonly words: string;
}

/** How far a precision is from float32. */
export interface PrecisionDeviation {
  readonly precision: ComparedPrecision;
  /** By what they are features of: encoders, and the soft tokens that are made of them. */
  readonly features: Readonly<Record<string, FeatureDeviation>>;
  /** Of the answer to one question, token by token, each after the tokens and with the soft tokens of float32. */
  readonly logits: LogitDeviation & { readonly tokens: number };
}

/** All of one measurement, as `--json` prints it. */
export interface DeviationDocument {
  readonly model: { readonly preset: string; readonly device: string };
  readonly deviations: readonly PrecisionDeviation[];
}

/** Loads the model in float32 and then in each precision, one at a time, and compares what they make of a clip. */
export async function measureDeviations(
  subject: DeviationSubject,
  onStep: (precision: Precision) => void,
  signal: AbortSignal,
): Promise<DeviationDocument> {
  const withModel = async <T>(precision: Precision, use: (model: NanoEmoX) => Promise<T>): Promise<T> => {
    onStep(precision);
    const model = await loadModel({ ...subject, precision }, signal);
    return use(model).finally(() => model.dispose());
  };
  const { config, device, expected } = await withModel('float32', async (model) => ({
    config: model.config,
    device: model.device,
    expected: await expectedOf(model, subject, signal),
  }));
  const { answer, features, logits, question } = expected;
  const vocabSize = config.languageModel.vocabSize;
  const deviations: PrecisionDeviation[] = [];
  for (const precision of subject.precisions) {
    const found = await withModel(precision, async (model) => ({
      features: featuresOf(await model.encode(subject.clip, { signal })),
      logits: await logitsOf(model, question, answer, signal),
    }));
    deviations.push({
      precision,
      features: Object.fromEntries(
        [...features].map(([name, tensor]) => [name, deviationOf(tensor, found.features.get(name) as FloatTensor)]),
      ),
      logits: { ...logitDeviation(logits.data, found.logits.data, vocabSize), tokens: answer.length },
    });
  }
  return { model: { preset: config.preset, device }, deviations };
}

interface Question {
  readonly prompt: readonly PromptSegment[];
  readonly softTokens: readonly SoftTokens[];
}

async function expectedOf(model: NanoEmoX, { clip: path, words }: DeviationSubject, signal: AbortSignal) {
  const clip = await model.encode(path, { signal });
  const question = questionOf(clip, words);
  const answer: number[] = [];
  const options = { maxNewTokens: MAX_ANSWER_TOKENS, signal };
  const { languageModel } = model.components;
  for await (const { id } of languageModel.generate(question.prompt, question.softTokens, options)) answer.push(id);
  return { features: featuresOf(clip), question, answer, logits: await logitsOf(model, question, answer, signal) };
}

/** An empathic response has the longest prompt and the longest answer. */
function questionOf({ modalities, softTokens }: EncodedClip, words: string): Question {
  const prompt = buildPrompt('erg', { mode: modeForModalities(modalities, words !== ''), subtitle: words });
  const asked = new Set(prompt.flatMap((segment) => ('modality' in segment ? [segment.modality] : [])));
  return { prompt, softTokens: softTokens.filter(({ modality }) => asked.has(modality)) };
}

const logitsOf = (model: NanoEmoX, { prompt, softTokens }: Question, answer: readonly number[], signal: AbortSignal) =>
  model.components.languageModel.continuationLogits(prompt, softTokens, answer, { signal });

/** In the order in which a clip passes them. */
function featuresOf({ features, softTokens }: EncodedClip): ReadonlyMap<string, FloatTensor> {
  const encoders = {
    'scene encoder': features?.scene?.features,
    'face encoder': features?.face,
    'audio encoder': features?.voice?.features,
  };
  const tokens = softTokens.map(({ modality, embeddings }) => [`${modality} tokens`, embeddings] as const);
  return new Map(
    [...Object.entries(encoders), ...tokens].flatMap(([name, tensor]) => (tensor ? [[name, tensor] as const] : [])),
  );
}

const deviationOf = ({ data, dims }: FloatTensor, found: FloatTensor): FeatureDeviation =>
  featureDeviation(data, found.data, dims.at(-1) as number);
