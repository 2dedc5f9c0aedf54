// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { NanoEmoX } from 'nano-emox';
import { sampleClip } from 'nano-emox/sample-clip';

const model = await NanoEmoX.fromPretrained('tiny');
const clip = await model.encode(sampleClip.path); // once, for the timeline and for questions

for await (const { startSeconds, endSeconds, emotion, probabilities, modalities } of model.timeline(clip)) {
  const share = Math.round(100 * (probabilities[emotion] ?? 0));
  console.log(`${startSeconds.toFixed(1)}–${endSeconds.toFixed(1)} s`, emotion, `${share} %`, modalities.join(', '));
}
await model.dispose();
