import type { TaskId } from '@nano-emox/tasks';
import type { SampleTarget } from '@nano-emox/tasks/datasets';
import type { FaceSet } from '../data/faces';
import type { RenderedSet, RenderedTruth } from '../data/rendered';
import type { VoiceSet } from '../data/voices';
import type { SampleOptions } from '../samples/sample-options';
import type { EmotionSource } from '../sources/emotion-source';
import { selectSource } from '../sources/select-source';
import { facesSource, visualMode, voiceMode, voicesSource } from './labelled-sources';
import { renderedSource, type TinySourceOptions } from './rendered-source';

/** The media of one part, training or validation. */
export interface TinyMedia {
  readonly rendered: RenderedSet;
  readonly voices?: VoiceSet | undefined;
  readonly faces?: FaceSet | undefined;
}

/** Tasks that a face and a voice can answer without words. */
const wordlessTasks: readonly TaskId[] = ['msa', 'mer', 'ovMer'];

/**
 * How the tiny model is asked: one wording per task, as in use. The words are hidden in a share of the questions on rendered
 * clips, so that face and voice must speak.
 */
export function tinySamples({ name }: Pick<EmotionSource, 'name'>): SampleOptions {
  if (name === 'rendered-voice') return { paraphrases: 'first', wordless: { share: 0.5 } };
  if (name === 'rendered') return { paraphrases: 'first', wordless: { share: 0.3, tasks: wordlessTasks } };
  return { paraphrases: 'first' };
}

/**
 * The sources that the mixtures of the recipe draw: `rendered`, `rendered-voice` and `rendered-visual` (one modality alone,
 * asked only where it shows the emotion), `voices` and `faces` where they are there.
 */
export async function tinySources(media: TinyMedia, options: TinySourceOptions): Promise<EmotionSource[]> {
  const rendered = await renderedSource(media.rendered, options);
  const clipsWhere = (shows: (truth: RenderedTruth) => boolean) =>
    Array.from({ length: media.rendered.count }, (_, index) => index).filter((index) =>
      shows(media.rendered.truth(index)),
    );
  const alone = (name: string, modality: 'voice' | 'face') =>
    emotionOnly(
      selectSource(rendered, {
        name,
        indices: clipsWhere(({ evidence }) => evidence[modality]),
        row: { modalityMode: modality === 'voice' ? voiceMode : visualMode },
      }),
    );
  return [
    rendered,
    alone('rendered-voice', 'voice'),
    alone('rendered-visual', 'face'),
    ...(media.voices && media.voices.count > 0 ? [await voicesSource(media.voices, options)] : []),
    ...(media.faces && media.faces.count > 0 ? [await facesSource(media.faces, options)] : []),
  ];
}

/** One modality tells the emotion and no more. */
function emotionOnly(source: EmotionSource): EmotionSource {
  return {
    ...source,
    row: async (index) => {
      const row = await source.row(index);
      const emotion = row.targets.find(({ task }) => task === 'mer') as SampleTarget;
      return { ...row, targets: [emotion] };
    },
  };
}
