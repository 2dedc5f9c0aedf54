#!/usr/bin/env node
/** `npx nano-emox <command>` in a clone: sets it up where needed, then runs the command line. */
import { runCommandLine } from './lib/command-line.mjs';
import { runMain } from './lib/processes.mjs';

await runMain(() => runCommandLine(process.argv.slice(2)));
