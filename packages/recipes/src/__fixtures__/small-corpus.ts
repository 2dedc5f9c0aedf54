import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeClip } from '@nano-emox/media';

/** Half a second of a tone at 16 kHz. */
const tone = (frequency: number) =>
  Float32Array.from({ length: 8000 }, (_, index) => 0.3 * Math.sin((2 * Math.PI * frequency * index) / 16_000));
const pictures = (grey: number) => Array.from({ length: 10 }, (_, index) => new Uint8Array(32 * 32 * 3).fill(grey + 8 * index));

/**
 * A table of one's own with real media: a clip, one without sound, one without picture, a folder of frames is missing, one
 * file is no film. Five rows, of which three can be used.
 */
export async function writeSmallCorpus(folder: string): Promise<void> {
  await mkdir(join(folder, 'clips'), { recursive: true });
  const size = { width: 32, height: 32 };
  const path = (name: string) => join(folder, 'clips', name);
  await writeClip(path('whole.mp4'), { ...size, frames: pictures(20), samples: tone(220) });
  await writeClip(path('silent.mp4'), { ...size, frames: pictures(90) });
  await writeClip(path('dark.mp4'), { samples: tone(330) });
  await writeFile(path('broken.mp4'), 'These are words and no film.\n'.repeat(40));
  const rows = [
    'clip,speaker,text,emotion,intent',
    'whole,anna,Guess what we won!,happy,inform',
    'silent,ben,,sad,complain',
    'dark,cleo,Nobody called.,sad,complain',
    'broken,dora,I am lost.,fear,inform',
    'absent,emil,Where is it?,fear,inform',
  ];
  await writeFile(join(folder, 'train.csv'), `${rows.join('\n')}\n`);
  const description = {
    files: { train: 'train.csv' },
    id: '{clip}',
    speaker: '{speaker}',
    subtitle: '{text}',
    media: { video: ['clips/{clip}.mp4'] },
    targets: [
      { task: 'mer', label: '{emotion}', labels: ['happy', 'sad', 'fear'] },
      { task: 'mir', label: '{intent}', labels: ['inform', 'complain'] },
    ],
  };
  await writeFile(join(folder, 'dataset.json'), JSON.stringify(description));
}
