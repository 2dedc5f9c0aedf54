import { testShownProgram } from '../../../tooling/shown-program';

testShownProgram(import.meta.url, '../README.md', 'distill.ts');
testShownProgram(import.meta.url, '../README.md', 'write-instructions.ts');
