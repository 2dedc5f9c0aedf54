// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { buildPrompt, formatTarget, readGenerated } from '@nano-emox/tasks';

// What a language model reads: text, and places for soft tokens.
for (const segment of buildPrompt('mer', { subtitle: 'We won!', candidates: ['happy', 'sad'] })) {
  console.log(segment);
}

// What it learns to write, and what it wrote (here given; normally streamed by `languageModel.generate`).
console.log(formatTarget('mer', { emotion: 'happy' }));
const tokens = [
  { text: 'The emotion is', logProbability: -0.02 },
  { text: ' happy', logProbability: -0.11 },
  { text: '.', logProbability: -0.01 },
];
const outcome = readGenerated('mer', tokens);
if (outcome.status === 'parsed') console.log(outcome.value, outcome.confidence.toFixed(2));

// Text outside the grammar is an outcome, not an exception.
console.log(readGenerated('mer', [{ text: 'Happy or sad.', logProbability: -0.5 }]));
