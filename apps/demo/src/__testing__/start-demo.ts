import { fileURLToPath } from 'node:url';
import type { Limits } from '@nano-emox/server';
import type { NanoEmoX } from 'nano-emox';
import { startListening } from '../../../../tooling/listening-server';
import { createDemoServer } from '../server/demo-server';

const pageFolder = fileURLToPath(new URL('../../dist/page/', import.meta.url));

/** Starts the demo on a free port. The page has to be built. */
export const startDemo = (model: NanoEmoX, limits: Partial<Limits> = {}) =>
  startListening((surroundings) => createDemoServer({ model, limits, pageFolder, ...surroundings }));
