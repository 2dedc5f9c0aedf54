#!/usr/bin/env node
import { runCli } from './run-cli';

// A reader that closes early (`| head`) is no fault of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

// Not process.exit(): what was written to a pipe has to arrive first, and everything is freed by then.
process.exitCode = await runCli(process.argv.slice(2));
