import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { testShownProgram } from '../../../tooling/shown-program';

const shared = process.env.NANO_EMOX_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const folder = join(shared, 'lm', 'stories260k');

testShownProgram(import.meta.url, '../README.md', 'tell-a-story.ts', {
  environment: { STORIES_FOLDER: folder },
  skipRun: !existsSync(folder) && 'needs the shared data: stories260k',
});
