import { existsSync } from 'node:fs';

/** A Chromium to test with: the one named by NANO_EMOX_CHROMIUM, or one where systems put it; undefined without. */
export const chromiumPath = [
  process.env.NANO_EMOX_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
].find((path) => path !== undefined && existsSync(path));

/** No sandbox: tests run as any user, in containers too; the page is our own. A test picture and tone stand for the camera. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--use-fake-device-for-media-stream',
];
