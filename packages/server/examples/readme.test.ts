import { testShownProgram } from '../../../tooling/shown-program';

testShownProgram(import.meta.url, '../README.md', 'serve-a-model.ts');
