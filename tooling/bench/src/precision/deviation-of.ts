import { type LogitDeviation, logitDeviation, type Precision } from '@nano-emox/engine';
import { componentFromWeights, floatResult } from '@nano-emox/engine/runtime';
import { collateSequences, type DecoderConfig, decoderDefinition } from '@nano-emox/lm-lora';
import { floatTensor, type HostTensor } from '@nano-emox/tensor-contract';

/** Logits of a text, every token from those before it, under several precisions, against float32. */
export async function languageModelDeviations(
  config: DecoderConfig,
  weights: ReadonlyMap<string, HostTensor>,
  inputIds: readonly number[],
  precisions: readonly Precision[],
  threads: number,
): Promise<ReadonlyMap<Precision, LogitDeviation>> {
  const none = inputIds.map(() => -1);
  const { labels: _labels, ...batch } = collateSequences(
    [{ inputIds: [...inputIds], spliceIndex: none, labels: none }],
    0,
  );
  const softTokens = floatTensor(new Float32Array(0), [1, 0, config.hidden]);
  const logitsAt = async (precision: Precision): Promise<Float32Array> => {
    const handle = await componentFromWeights(decoderDefinition, config, weights, { precision, threads });
    try {
      return floatResult(await handle.run({ ...batch, softTokens }), 'logits').data;
    } finally {
      await handle.dispose();
    }
  };
  const expected = await logitsAt('float32');
  const found = new Map<Precision, LogitDeviation>();
  for (const precision of precisions)
    found.set(precision, logitDeviation(expected, await logitsAt(precision), config.vocabSize));
  return found;
}
