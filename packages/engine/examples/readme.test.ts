import { testShownProgram } from '../../../tooling/shown-program';

testShownProgram(import.meta.url, '../README.md', 'train-a-layer.ts');
testShownProgram(import.meta.url, '../README.md', 'open-a-checkpoint.ts');
