import { testShownProgram } from '../../tooling/shown-program';

testShownProgram(import.meta.url, '../../docs/guides/bring-your-own-checkpoint.md', 'open-own-checkpoint.ts');
