// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { scorePredictions } from '@nano-emox/tasks/metrics';

const { metrics, counts } = await scorePredictions('ovMer', [
  { id: 'clip-1', gold: ['happy', 'proud'], prediction: 'The person feels joyful, relieved.' },
  { id: 'clip-2', gold: ['worried'], prediction: 'She looks tense, and not happy at all.' },
  { id: 'clip-3', gold: ['angry'], prediction: '' },
]);
console.log(`F ${metrics.f?.toFixed(3)}, of samples ${metrics.fOfSamples?.toFixed(3)}`);
console.log(counts);
