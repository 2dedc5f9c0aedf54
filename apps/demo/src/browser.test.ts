/// <reference lib="dom" />
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FaceEncoder } from '@nano-emox/face-encoder';
import { folder as tinyModelFolder } from '@nano-emox/weights-tiny';
import { NanoEmoX } from 'nano-emox';
import { sampleClip } from 'nano-emox/sample-clip';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ListeningServer } from '../../../tooling/listening-server';
import { writeCameraFilm } from './__testing__/camera-film';
import { chromiumArguments, chromiumPath } from './__testing__/chromium';
import { startDemo } from './__testing__/start-demo';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const sampleBytes = readFileSync(sampleClip.path);
/** Where the pictures of the README are written, when NANO_EMOX_SCREENSHOTS=1 asks for them. */
const imageFolder = fileURLToPath(new URL('../../../docs/images/', import.meta.url));
const takesPictures = process.env.NANO_EMOX_SCREENSHOTS === '1';

const UPLOAD_BYTES = 4 * 2 ** 20;
const INTERACTIVE_FRAMES_A_SECOND = 5;

const title = `the page in Chromium${chromiumPath ? '' : ' (none was found; set NANO_EMOX_CHROMIUM to its path)'}`;

describe.skipIf(chromiumPath === undefined)(title, () => {
  let model: NanoEmoX;
  let demo: ListeningServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let filmFolder: string;
  /** What the browser complained about, and addresses elsewhere that were asked for. */
  let complaints: string[] = [];

  beforeAll(async () => {
    model = await NanoEmoX.fromPretrained('tiny');
    demo = await startDemo(model, { uploadBytes: UPLOAD_BYTES });
    filmFolder = await mkdtemp(join(tmpdir(), 'nano-emox-camera-'));
    const film = join(filmFolder, 'camera.y4m');
    await writeCameraFilm(sampleClip.path, film);
    const args = [...chromiumArguments, `--use-file-for-fake-video-capture=${film}`];
    browser = await chromium.launch({ executablePath: chromiumPath as string, args });
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.close();
    await model?.dispose();
    if (filmFolder) await rm(filmFolder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    complaints = [];
    await open({});
  });
  afterEach(async () => {
    await context.close();
    expect(complaints).toEqual([]);
    expect(demo.defects).toEqual([]);
  });

  async function open(
    options: Parameters<Browser['newContext']>[0],
    allowed: string[] = [],
    path: '/' | '/live' = '/',
  ): Promise<void> {
    await context?.close();
    context = await browser.newContext({ viewport: { width: 1120, height: 800 }, ...options });
    await context.grantPermissions(allowed);
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => {
      // The browser itself reports a refused request; the page says it in words.
      const isRefusal = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isRefusal) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(demo.address))
        complaints.push(request.url());
    });
    await page.goto(`${demo.address}${path}`);
    if (path === '/') await page.getByText('Model tiny on').waitFor();
  }

  /** Lets go a file over the page, as a mouse does; `zeros` bytes are added to what it holds. */
  async function drop(name: string, bytes: Uint8Array, zeros = 0): Promise<void> {
    const transfer = await page.evaluateHandle(
      ({ name, base64, zeros }) => {
        const data = new DataTransfer();
        const content = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
        data.items.add(new File([content, new Uint8Array(zeros)], name));
        return data;
      },
      { name, base64: Buffer.from(bytes).toString('base64'), zeros },
    );
    await page.locator('#stage').dispatchEvent('drop', { dataTransfer: transfer });
  }

  const look = () => page.getByRole('button', { name: 'Look at this clip' }).click();
  const fault = () => page.getByRole('alert');

  async function expectSixAnswers(): Promise<void> {
    await page.getByText('Six answers are ready.').waitFor();
    expect(await page.locator('[data-task][data-state=done]').count()).toBe(6);
  }

  /** Takes a picture of the page from the top of `from` down, as much as fits the window. */
  async function picture(name: string, from: string): Promise<void> {
    if (!takesPictures) return;
    await mkdir(imageFolder, { recursive: true });
    await page.evaluate(() => document.fonts.ready);
    await page.evaluate((selector) => document.querySelector(selector)?.scrollIntoView(), from);
    await page.screenshot({ path: join(imageFolder, `${name}.png`), animations: 'disabled' });
  }

  /** Waits until what fades in has arrived: half transparent it has the contrast of no design of ours. */
  const settle = () =>
    page.evaluate(async () => {
      const running = document
        .getAnimations()
        .filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity);
      await Promise.allSettled(running.map(({ finished }) => finished));
    });

  async function expectAccessible(): Promise<void> {
    await settle();
    // Not addScriptTag: the page's policy forbids inline code, and shall.
    await page.evaluate(axeSource);
    const violations = await page.evaluate(async () => {
      const { axe } = window as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      const result = await axe.run();
      return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    });
    expect(violations).toEqual([]);
  }

  /** Notes from now on how far the chain of empathy and its response are on the page: links filled, and characters of the response. */
  const watchChain = () =>
    page.evaluate(() => {
      const seen: (readonly [links: number, characters: number])[] = [];
      Object.assign(window, { seen });
      new MutationObserver(() => {
        const [links, response] = ['.chain li.filled', '.response'].map((part) =>
          document.querySelectorAll(`[data-task=erg] ${part}`),
        );
        const [last] = seen.slice(-1);
        const now = [links?.length ?? 0, response?.[0]?.textContent?.length ?? 0] as const;
        if (last?.[0] !== now[0] || last[1] !== now[1]) seen.push(now);
      }).observe(document.body, { subtree: true, childList: true, attributes: true });
    });

  async function expectChainBeforeResponse(): Promise<void> {
    const seen = await page.evaluate(() => (window as unknown as { seen: [number, number][] }).seen);
    const written = seen.filter(([, characters]) => characters > 0);
    expect(new Set(written.map(([links]) => links))).toEqual(new Set([4])); // no word of it before all four links
    expect(new Set(seen.map(([links]) => links)).size).toBeGreaterThan(2); // link after link
    expect(new Set(written.map(([, characters]) => characters)).size).toBeGreaterThan(2); // word after word
  }

  it('shows six answers to a dropped clip, goes on as a conversation, and saves the report', async () => {
    await drop('sample.mp4', sampleBytes);
    await page.getByLabel('What is said').fill(sampleClip.words);
    await watchChain();
    await look();
    await expectSixAnswers();
    await expectChainBeforeResponse();

    expect(await page.locator('.film img').count()).toBe(8);
    expect(await page.locator('.film-box rect').count()).toBe(8);
    expect(await page.locator('.bars dd').count()).toBe(3);
    expect(await page.getByRole('img', { name: /^Valence \+/ }).count()).toBe(1);
    expect(await page.getByRole('img', { name: /family of joy/ }).count()).toBe(1);
    expect(await page.locator('[data-task=erg] .chain li.filled').count()).toBe(4);
    expect(await page.locator('[data-task=erg] .response').textContent()).toMatch(/\w+/);
    expect(await page.getByRole('img', { name: /^Likeliest emotion along the clip: [a-z]+ from 0\.0 s/ }).count()).toBe(
      1,
    );
    expect(await page.locator('.moments-chart .likeliest').count()).toBe(8);
    expect(await page.locator('.film .film-emotion').count()).toBe(8);
    await page.getByText('All numbers as a table').click();
    expect(await page.getByRole('table').getByRole('row').count()).toBe(9);
    expect(await page.getByRole('table').getByRole('row').nth(8).textContent()).toMatch(
      /^3\.3–3\.8 s[a-z]+(\d+ %){7}$/,
    );
    await expectAccessible();
    await page.getByText('All numbers as a table').click();
    await picture('demo-light', '.level-looked');

    const input = page.getByLabel('Go on, as the person in the clip');
    await input.fill('But my friend failed, and now she is sad.');
    await input.press('Enter');
    await page.locator('.turn.listener[aria-busy=false] .response:not([hidden])').waitFor();
    expect(await page.locator('.timeline li').count()).toBe(2);
    expect(await page.getByText('no longer holds the clip').count()).toBe(0);
    await expectAccessible();

    const html = await download('Save the report (HTML)');
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).toContain('my friend failed');
    expect(html.match(/data:image\/jpeg/g)).toHaveLength(8);
    expect(html).not.toMatch(/<script|<button|<textarea|https?:\/\/(?!www\.w3\.org)|url\(/);
    const json = JSON.parse(await download('Save the data (JSON)'));
    expect(Object.keys(json.tasks)).toHaveLength(6);
    expect(json.timeline).toHaveLength(8);
    expect(html).toContain('Likeliest emotion along the clip');
    expect(html).not.toContain('<input');
    expect(json.conversation.map(({ role }: { role: string }) => role)).toEqual([
      'speaker',
      'listener',
      'speaker',
      'listener',
    ]);
  });

  async function download(button: string): Promise<string> {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: button }).click(),
    ]);
    return readFileSync(await file.path(), 'utf8');
  }

  it('fits a phone, dark, with the sample clip, by keyboard alone', async () => {
    await open({
      colorScheme: 'dark',
      viewport: { width: 360, height: 740 },
      deviceScaleFactor: 1,
      reducedMotion: 'reduce',
    });
    await expectAccessible();
    const order: string[] = [];
    for (let step = 0; step < 7; step++) {
      await page.keyboard.press('Tab');
      order.push(await page.evaluate(() => document.activeElement?.id || document.activeElement?.className || ''));
    }
    expect(order).toEqual(['skip', 'to-live', 'to-limits', 'file', 'sample', 'record', 'words']);
    await page.locator('#sample').press('Enter');
    await page.getByText('sample-clip.mp4 is ready.').waitFor();
    expect(await page.locator('#words').inputValue()).toBe(sampleClip.words);
    await page.locator('#analyze').press('Enter');
    await expectSixAnswers();
    await page.getByText('All numbers as a table').press('Enter');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await page.getByText('All numbers as a table').press('Enter');
    const moment = page.getByRole('slider', { name: 'Moment' });
    const markedFrame = () =>
      page.evaluate(() =>
        Array.from(document.querySelectorAll('.film li')).findIndex((item) => item.matches('.marked')),
      );
    expect(await markedFrame()).toBe(0);
    await moment.press('ArrowRight');
    await moment.press('ArrowRight');
    expect(await markedFrame()).toBe(2);
    expect(await moment.getAttribute('aria-valuetext')).toMatch(/^1\.0–1\.4 s: [a-z]+ \d+ %, /);
    await expectAccessible();
    await picture('demo-phone', '.level-looked');
    await page.setViewportSize({ width: 1120, height: 800 });
    await picture('demo-dark', '.level-understanding');
  });

  it('records with camera and microphone', async () => {
    await open({}, ['camera', 'microphone']);
    await page.getByRole('button', { name: 'Record yourself' }).click();
    await page.getByText('Recording, ten seconds at most.').waitFor();
    await page.waitForTimeout(2000);
    await page.getByRole('button', { name: 'Stop recording' }).click();
    await page.getByText('recording is ready.').waitFor();
    await look();
    await expectSixAnswers();
    expect(await page.locator('.facts').textContent()).toMatch(/Voice\d/);
  });

  it('says in words that it may not record', async () => {
    await page.getByRole('button', { name: 'Record yourself' }).click();
    await fault().getByText('may not use camera and microphone').waitFor();
  });

  const half = sampleBytes.subarray(0, sampleBytes.length / 2);
  const diary = Buffer.from('Dear diary, '.repeat(99));
  it.each([
    ['a clip that is a little too large', sampleBytes, UPLOAD_BYTES, 'larger than this server takes'],
    ['one that is far too large', sampleBytes, 80 * 2 ** 20, 'larger than this server takes'],
    ['a text with the name of a clip', diary, 0, 'not a video or audio file'],
    ['a clip cut in two', half, 0, 'damaged'],
    ['nothing', Buffer.alloc(0), 0, 'is empty'],
  ])('says in words what is wrong with %s, and goes on', async (_, bytes, zeros, words) => {
    await drop('clip.mp4', bytes, zeros);
    await look();
    await fault().getByText(words).waitFor();
    expect(await page.locator('[data-state=busy]').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Look at this clip' }).isEnabled()).toBe(true);
    expect(await demo.uploads()).toEqual([]);
  });

  it('stops when asked', async () => {
    await drop('sample.mp4', sampleBytes);
    await look();
    await page.locator('.film img').first().waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped.').waitFor();
    await expect.poll(demo.uploads).toEqual([]);
  });

  describe('live', () => {
    const start = () => page.getByRole('button', { name: 'Start the camera' });
    const framesASecond = async () => {
      const text = (await page.locator('#rate').textContent()) ?? '';
      return Number(/^(\d+\.\d) frames a second$/.exec(text)?.[1]);
    };
    const framesSoFar = async () => Number.parseInt((await page.locator('#count').textContent()) ?? '', 10);

    it('shows features of what the camera sees: those that Node computes from the same picture', async () => {
      await open({}, ['camera'], '/live');
      await expectAccessible();
      const requests: string[] = [];
      context.on('request', (request) => requests.push(new URL(request.url()).pathname));
      await start().click();
      await expect.poll(framesSoFar, { timeout: 30_000 }).toBeGreaterThan(10);
      expect(requests).toEqual(expect.arrayContaining(['/live/model/config.json', '/live/model/model.safetensors']));
      const fetched = requests.length;

      // Interactive also where a software renderer and a busy machine share the cores with it.
      await expect.poll(framesASecond, { timeout: 20_000 }).toBeGreaterThan(INTERACTIVE_FRAMES_A_SECOND);
      expect(await page.locator('#time').textContent()).toMatch(/^\d+\.\d ms, \d+\.\d ms of it the encoder$/);
      await page.getByRole('img', { name: /^128 features between −\d+\.\d\d and \+\d+\.\d\d$/ }).waitFor();
      const widths = await page.evaluate(() =>
        ['square', 'stage'].map((id) => document.getElementById(id)?.offsetWidth),
      );
      expect(Number(widths[0]) / Number(widths[1])).toBeCloseTo(0.8, 2);
      const [first, second] = [await savedFrame(), await savedFrame()];
      expect(second.features).not.toEqual(first.features);
      expect(new Set(first.frame.data).size).toBeGreaterThan(50); // a picture, not a blank
      await expectSameInNode(first);
      await expectSameInNode(second);
      await expectAccessible();
      await page.setViewportSize({ width: 1120, height: 1060 });
      await picture('demo-live', '.masthead');

      await page.getByRole('button', { name: 'Compare with this moment' }).click();
      await page.getByRole('button', { name: 'Stop' }).click();
      await page.getByText('Stopped. The camera is off.').waitFor();
      const counted = await framesSoFar();
      await page.waitForTimeout(700);
      expect(await framesSoFar()).toBe(counted);
      expect(requests.slice(fetched)).toEqual([]); // nothing goes to the server while pictures are encoded
      await start().click();
      await expect.poll(framesSoFar).toBeLessThan(counted);
    });

    interface SavedFrame {
      readonly frame: { readonly type: 'uint8'; readonly dims: number[]; readonly data: number[] };
      readonly features: readonly number[];
    }

    const savedFrame = async (): Promise<SavedFrame> => JSON.parse(await download('Save this frame (JSON)'));

    async function expectSameInNode({ frame, features }: SavedFrame): Promise<void> {
      await using encoder = await FaceEncoder.fromPretrained(join(tinyModelFolder, 'face-encoder'));
      const here = await encoder.encode({ ...frame, data: Uint8Array.from(frame.data) });
      expect(features).toHaveLength(here.features.data.length);
      const differences = features.map((feature, index) => Math.abs(feature - (here.features.data[index] as number)));
      expect(Math.max(...differences)).toBeLessThanOrEqual(1e-3);
    }

    it('fits a phone, dark, by keyboard alone', async () => {
      await open({ colorScheme: 'dark', viewport: { width: 360, height: 740 } }, ['camera'], '/live');
      await start().press('Enter');
      await page.locator('#share').press('ArrowRight');
      expect(await page.locator('#share-value').textContent()).toBe('85 %');
      await expect.poll(framesSoFar, { timeout: 30_000 }).toBeGreaterThan(2);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
      await expectAccessible();
    });

    it('says in words that it may not use the camera, and may be asked again', async () => {
      await open({}, [], '/live');
      await start().click();
      await fault().getByText('may not use the camera').waitFor();
      expect(await start().isEnabled()).toBe(true);
    });

    it('says in words that the encoder is not to be had, and fetches it at the next start', async () => {
      await open({}, ['camera'], '/live');
      await context.route('**/live/model/model.safetensors', (route) => route.abort());
      await start().click();
      await fault().getByText('model.safetensors').waitFor();
      await context.unroute('**/live/model/model.safetensors');
      await start().click();
      await expect.poll(framesSoFar, { timeout: 30_000 }).toBeGreaterThan(2);
      expect(await fault().textContent()).toBe('');
    });
  });
});
