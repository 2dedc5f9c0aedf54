/** `npm start [-- <clip> <options>]`: sets the clone up where needed, then runs `nano-emox analyze`. */
import { runCommandLine } from './lib/command-line.mjs';
import { runMain } from './lib/processes.mjs';

await runMain(() => runCommandLine(['analyze', ...process.argv.slice(2)]));
