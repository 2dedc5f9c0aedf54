import { testShownProgram } from '../../tooling/shown-program';

const guide = '../../docs/guides/add-your-own-encoder.md';
testShownProgram(import.meta.url, guide, 'loudness-encoder.ts', { prints: false });
testShownProgram(import.meta.url, guide, 'use-own-encoder.ts');
