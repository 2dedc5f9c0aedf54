import { testShownProgram } from '../../../tooling/shown-program';

testShownProgram(import.meta.url, '../README.md', 'train-a-phase.ts');
testShownProgram(import.meta.url, '../README.md', 'keep-features-and-runs.ts');
