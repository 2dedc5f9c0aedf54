import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { exitCodes } from './exit-codes';
import { Interruption } from './interruption';

describe('Interruption', () => {
  let interruption: Interruption;
  const listenersBefore = { SIGINT: process.listeners('SIGINT'), SIGTERM: process.listeners('SIGTERM') };
  /** To the listener under test alone; the test runner has some of its own. */
  const deliver = (name: 'SIGINT' | 'SIGTERM') => {
    for (const listener of process.listeners(name)) if (!listenersBefore[name].includes(listener)) listener(name);
  };
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    vi.spyOn(process, 'kill').mockReturnValue(true);
    interruption = new Interruption();
  });
  afterEach(() => {
    interruption.dispose();
    vi.restoreAllMocks();
    vi.useRealTimers();
    expect(process.listeners('SIGTERM')).toEqual(listenersBefore.SIGTERM);
  });

  it('asks for an orderly end once, however often the request is delivered', () => {
    expect(interruption.exitCode).toBeUndefined();
    deliver('SIGTERM');
    vi.advanceTimersByTime(200); // the process group, or npx, passes the same request on
    deliver('SIGTERM');
    deliver('SIGINT');
    expect(interruption.signal.aborted).toBe(true);
    expect(interruption.exitCode).toBe(exitCodes.terminated);
    expect(process.kill).not.toHaveBeenCalled();
  });

  it('lets the signal end the process when it is asked again', () => {
    deliver('SIGINT');
    vi.advanceTimersByTime(2000);
    deliver('SIGINT');
    expect(process.kill).toHaveBeenCalledExactlyOnceWith(process.pid, 'SIGINT');
    expect(process.listeners('SIGINT')).toEqual(listenersBefore.SIGINT);
    expect(interruption.exitCode).toBe(exitCodes.interrupted);
  });
});
