import { testShownProgram } from '../../../tooling/shown-program';

testShownProgram(import.meta.url, '../README.md', 'train-on-my-clips.ts');
