import { audioEncoderModule, resolveAudioEncoderConfig } from '@nano-emox/audio-encoder';
import type { Random } from '@nano-emox/engine';
import type { DataSet } from '@nano-emox/p2e';
import type { HostTensor } from '@nano-emox/tensor-contract';
import type { RenderedSet } from '../data/rendered';
import { drawVoice } from '../data/voice-batch';
import { loadVoices, toInt16, type VoiceSet } from '../data/voices';
import { batchRandom } from './batch-random';
import { emotionClasses } from './classifier';
import { joinedSet } from './joined-set';
import { type PretrainOptions, warmupOf } from './pretrain-options';
import { type LabelledBatch, trainClassifier } from './train-classifier';

/** A stretch of sound to learn from. */
interface Sound {
  readonly source: 'recorded' | 'rendered';
  readonly index: number;
}

const CLIP_SAMPLES = 32_000;
const VALIDATION_BATCH = 64;

class SoundReader {
  constructor(
    private readonly voices: VoiceSet | undefined,
    private readonly clips: RenderedSet,
  ) {}

  read(sounds: readonly Sound[], random?: Random): LabelledBatch {
    const data = new Float32Array(sounds.length * CLIP_SAMPLES);
    const labels = sounds.map(({ source, index }, row) => {
      const { recording, label } = source === 'recorded' ? this.recorded(index) : this.rendered(index);
      drawVoice(recording, data.subarray(row * CLIP_SAMPLES, (row + 1) * CLIP_SAMPLES), random);
      return label;
    });
    const samples: HostTensor = { type: 'float32', dims: [sounds.length, 1, CLIP_SAMPLES], data };
    return { inputs: { samples }, labels };
  }

  private recorded(index: number) {
    const { samples, offsets, labels } = this.voices as VoiceSet; // only drawn where it is there
    return { recording: samples.subarray(offsets[index], offsets[index + 1]), label: labels[index] as number };
  }

  private rendered(index: number) {
    const { samples, truth } = this.clips.get(index);
    return {
      recording: toInt16(samples),
      label: emotionClasses.indexOf(truth.evidence.voice ? truth.emotion : 'neutral'),
    };
  }
}

/** Audio encoder: emotion of EmoDB sentences, EmoGator bursts and rendered voices. */
export async function pretrainAudioEncoder(options: PretrainOptions): Promise<void> {
  const { cacheFolder, rendered: clips, data, seed, steps } = options;
  const sets = (['emodb', 'emogator'] as const).filter((set) => data?.sets.includes(set));
  const voices = data && sets.length > 0 ? await loadVoices({ cacheFolder, dataFolder: data.folder, sets }) : undefined;
  const train = new SoundReader(voices?.train, clips.train);
  const held = new SoundReader(voices?.validation, clips.validation);
  const set = (source: Sound['source'], length: number): DataSet<Sound> => ({
    name: source,
    length,
    get: (index) => ({ source, index }),
  });
  const batches = (source: Sound['source'], count: number) =>
    function* (): Iterable<LabelledBatch> {
      for (let start = 0; start < count; start += VALIDATION_BATCH) {
        const size = Math.min(VALIDATION_BATCH, count - start);
        yield held.read(Array.from({ length: size }, (_, index) => ({ source, index: start + index })));
      }
    };
  await trainClassifier({
    type: 'audio-encoder',
    encoder: audioEncoderModule,
    config: options.config.audioEncoder,
    resolveConfig: resolveAudioEncoderConfig,
    dataSet: joinedSet('sounds', [
      ...(voices ? [set('recorded', voices.train.count)] : []),
      set('rendered', clips.train.count),
    ]),
    collate: (sounds: readonly Sound[]) => train.read(sounds, batchRandom(seed, sounds)),
    validation: {
      ...(voices && voices.validation.count > 0 && { recorded: batches('recorded', voices.validation.count) }),
      rendered: batches('rendered', clips.validation.count),
    },
    validateEverySteps: 500,
    run: options,
    phase: {
      learningRates: { all: { initial: 8e-4, minimum: 2e-5, warmup: 1e-5 } },
      warmupSteps: warmupOf(steps, 100),
      steps,
      batchSize: 32,
      clipNorm: 1,
    },
  });
}
