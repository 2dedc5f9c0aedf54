import { framePictures } from '@nano-emox/media';
import { describe, expect, it } from 'vitest';
import { analyzedClip } from './__fixtures__/analyzed-clip';
import { htmlReport } from './html-report';

const failure = {
  clip: 'folder/<b>bad.mp4',
  error: { code: 'INVALID_MEDIA', message: 'it is "empty"', hint: 'Copy it again.' },
};

describe('htmlReport', () => {
  const frames = { type: 'uint8', dims: [3, 3, 8, 8], data: new Uint8Array(3 * 3 * 64).fill(90) } as const;
  const pictures = framePictures(frames);
  const page = htmlReport([{ ...analyzedClip, pictures }, failure]);

  it('has the answers with confidence, the evidence, the weights of the experts and the pictures', () => {
    expect(page).toMatch(/<th scope="row">Emotion<\/th><td>sad<\/td><td>50 %<\/td>/);
    expect(page).toMatch(/<tr class="part"><th scope="row">response<\/th><td>“That must be hard\.”/);
    expect(page).toContain('“I failed.” (from talk.srt beside the clip)');
    expect(page).toContain('style="width:30.0%"');
    expect(page.match(/<img src="data:image\/jpeg;base64,[\w+/]+=*" style="aspect-ratio:640\/480"/g)).toHaveLength(3);
    expect(page).toContain('alt="Frame at 2.0 s"');
  });

  it('tells of clips that failed, with what stands in names and messages as text', () => {
    expect(page).toContain('<strong>INVALID_MEDIA</strong> it is &quot;empty&quot;');
    expect(page).toContain('&lt;b&gt;bad.mp4');
    expect(page).not.toContain('<b>bad');
    expect(page).toContain('<title>2 clips – nano-emox</title>');
    expect(page).toContain('<a href="#clip-2">');
  });

  it('takes control characters out of what the model wrote', () => {
    expect(page).toContain('The model wrote: what [31m ever');
    expect(page).not.toContain('\u001b');
  });

  it('needs nothing else, runs nothing, and serves light and dark', () => {
    expect(page).toContain(`content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/<script|<link|https?:|@import|url\(/);
    expect(page).toContain('@media (prefers-color-scheme: dark)');
  });

  it('is about its clip alone where there is one', () => {
    const single = htmlReport([analyzedClip]);
    expect(single).toContain('<title>talk.mp4 – nano-emox</title>');
    expect(single).not.toContain('<nav');
    expect(single).not.toContain('<img');
  });
});
