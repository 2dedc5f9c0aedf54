import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { NanoEmoxError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { randomNumbers, temporaryFolder, writeSynthetic } from './__testing__/synthetic-clip';
import { decodeAudio } from './decode-audio';
import { loadClip } from './load-clip';

const folder = await temporaryFolder();
const whole = await readFile(await writeSynthetic(`${folder}/whole.mp4`, { frames: 40, seconds: 2 }));

async function file(name: string, content: Uint8Array | string): Promise<string> {
  await writeFile(`${folder}/${name}`, content);
  return `${folder}/${name}`;
}

const invalid = { code: 'INVALID_MEDIA', hint: expect.stringMatching(/\w/), path: expect.any(String) };

describe('what is not a media file gives one typed error', () => {
  it.each([
    ['an empty file', ''],
    ['text called .mp4', 'Dear diary, today nothing moved.\n'.repeat(200)],
    ['a file cut before its index', whole.subarray(0, whole.length >> 1)],
    ['the first bytes only', whole.subarray(0, 40)],
    ['zeros', new Uint8Array(100_000)],
    [
      'a list of other files',
      '#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n',
    ],
    ['a concat script', `ffconcat version 1.0\nfile '${folder}/whole.mp4'\n`],
    [
      'a session description',
      'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n',
    ],
    ['subtitles', '1\n00:00:00,000 --> 00:00:02,000\nhello\n\n2\n00:00:02,000 --> 00:00:04,000\nworld\n'],
  ])('%s', async (name, content) => {
    const path = await file(`${name.replaceAll(' ', '-')}.mp4`, content);
    await expect(loadClip(path)).rejects.toMatchObject({ ...invalid, path });
    await expect(loadClip(Buffer.from(content as never))).rejects.toMatchObject({ ...invalid, path: '(bytes)' });
    await expect(decodeAudio(path)).rejects.toMatchObject(invalid);
  });

  it('a folder', async () => {
    await mkdir(`${folder}/sub`);
    await expect(loadClip(`${folder}/sub`)).rejects.toMatchObject(invalid);
  });

  it('a path that leads nowhere, also one that looks like an address', async () => {
    for (const path of [`${folder}/none.mp4`, 'http://127.0.0.1:9/a.mp4', `concat:${folder}/whole.mp4`]) {
      await expect(loadClip(path)).rejects.toMatchObject({ code: 'MISSING_FILE', path });
    }
  });

  it.each([[''], [undefined], [7], [new URL('http://127.0.0.1:9/a.mp4')]])('%s as source', async (source) => {
    await expect(loadClip(source as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('a damaged file', () => {
  it('is used as far as it goes when its index comes first', async () => {
    // The sample data is the last box of these files when the index is moved before it.
    const early = await withIndexFirst(whole);
    const { video, warnings } = await loadClip(early.subarray(0, early.length - 3000));
    expect(video?.frames.dims).toEqual([8, 3, 224, 224]);
    expect(warnings.map(({ code }) => code)).toContain('truncated');
  });

  it('never hangs or crashes, whichever bytes are wrong', async () => {
    const random = randomNumbers(2026);
    const outcomes = new Set<string>();
    for (let round = 0; round < 60; round++) {
      const bytes = Uint8Array.from(whole);
      const hits = 1 + Math.floor(random() * 40);
      // Half of the rounds hit the index at the end, where every number steers the reader.
      const from = round % 2 === 0 ? 0 : bytes.length - 2500;
      for (let hit = 0; hit < hits; hit++)
        bytes[from + Math.floor(random() * (bytes.length - from))] = Math.floor(random() * 256);
      const outcome = await loadClip(bytes, { frameSizePx: 32 }).then(
        ({ warnings }) => (warnings.length > 0 ? 'warned' : 'read'),
        (error) => {
          if (!NanoEmoxError.isInstance(error)) throw error;
          return error.code;
        },
      );
      outcomes.add(outcome);
    }
    expect([...outcomes].filter((outcome) => !['read', 'warned', 'INVALID_MEDIA'].includes(outcome))).toEqual([]);
    expect(outcomes.size).toBeGreaterThan(1);
  });
});

/** Moves the index box before the sample data and corrects the offsets in it. */
async function withIndexFirst(bytes: Buffer): Promise<Buffer> {
  const boxes: { type: string; body: Buffer }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    boxes.push({ type: bytes.toString('latin1', at + 4, at + 8), body: Buffer.from(bytes.subarray(at, at + length)) });
    at += length;
  }
  const index = boxes.find(({ type }) => type === 'moov')!.body;
  for (let at = index.indexOf('stco'); at >= 0; at = index.indexOf('stco', at + 4)) {
    const count = index.readUInt32BE(at + 8);
    for (let entry = 0; entry < count; entry++) {
      const offset = at + 12 + entry * 4;
      index.writeUInt32BE(index.readUInt32BE(offset) + index.length, offset);
    }
  }
  const order = ['ftyp', 'moov', 'free', 'mdat'];
  return Buffer.concat(order.flatMap((type) => boxes.filter((box) => box.type === type).map(({ body }) => body)));
}
