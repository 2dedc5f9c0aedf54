/** One set-up at a time: two runs started together must not install into the same folder. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './processes.mjs';
import { stateFolder } from './workspace.mjs';

const lockPath = join(stateFolder, 'setup.lock');
const pollMs = 200;

/** Runs `work` while holding the set-up lock; waits for another process that holds it, and takes over from a dead one. */
export async function withSetupLock(work) {
  mkdirSync(stateFolder, { recursive: true });
  let announced = false;
  while (!tryToLock()) {
    if (!announced) say('Another run is setting this folder up; waiting for it …');
    announced = true;
    await sleep(pollMs);
  }
  const release = () => rmSync(lockPath, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function tryToLock() {
  try {
    writeFileSync(lockPath, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'ENOENT') {
      mkdirSync(stateFolder, { recursive: true }); // pnpm cleared node_modules meanwhile
    } else if (error.code !== 'EEXIST') {
      throw error;
    } else if (isHolderAlive()) {
      return false;
    } else {
      rmSync(lockPath, { force: true }); // its holder was interrupted
    }
    return tryToLock();
  }
}

function isHolderAlive() {
  try {
    const holder = Number(readFileSync(lockPath, 'utf8'));
    if (!holder) return true; // created this instant, its id not written yet
    process.kill(holder, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM'; // alive, but of another user
  }
}
