import { testShownProgram } from '../../../tooling/shown-program';

testShownProgram(import.meta.url, '../README.md', 'read-an-answer.ts');
testShownProgram(import.meta.url, '../README.md', 'read-a-data-set.ts');
testShownProgram(import.meta.url, '../README.md', 'score-predictions.ts');
