import { describe, expect, it } from 'vitest';
import { LinePeer, PeerError } from './line-peer';

const program = (body: string) => ['-e', body];
const ANSWERS = `
  console.log(JSON.stringify({ name: 'rival 1', details: 'none' }));
  require('node:readline').createInterface({ input: process.stdin })
    .on('line', (line) => console.log(JSON.stringify({ seconds: 2, processorSeconds: 1, loss: line.length })));`;

describe('LinePeer', () => {
  it('says who it is and answers each step', async () => {
    const peer = await LinePeer.start(process.execPath, program(ANSWERS), 20, 20);
    expect(peer).toMatchObject({ name: 'rival 1', details: 'none' });
    expect(await peer.run()).toEqual({ seconds: 2, processorSeconds: 1, loss: 4 });
    await peer.dispose();
  });

  it('reports a program that is not there, one that fails with its last line, and one that is silent', async () => {
    await expect(LinePeer.start('no-such-program-here', [], 20, 20)).rejects.toThrow(/ENOENT/);
    const failing = program("console.error('first'); console.error('no torch'); process.exit(1)");
    await expect(LinePeer.start(process.execPath, failing, 20, 20)).rejects.toThrow('no torch');
    const silent = program('setInterval(() => undefined, 1000)');
    await expect(LinePeer.start(process.execPath, silent, 0.2, 20)).rejects.toThrow(PeerError);
  });
});
