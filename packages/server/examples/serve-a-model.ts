// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { readFile } from 'node:fs/promises';
import { createEmotionServer } from '@nano-emox/server';
import type { AnalyzeDocument } from '@nano-emox/server/protocol';
import { NanoEmoX } from 'nano-emox';
import { sampleClip } from 'nano-emox/sample-clip';

const model = await NanoEmoX.fromPretrained('tiny');
const server = await createEmotionServer({ model, limits: { uploadBytes: 16 * 1024 * 1024 } });
const address = await server.listen({ host: '127.0.0.1', port: 0 }); // any free port

const body = new FormData();
body.set('words', sampleClip.words);
body.set('clip', new Blob([await readFile(sampleClip.path)]));
const headers = { accept: 'application/json' }; // without it: events as they happen
const response = await fetch(`${address}/api/analyze`, { method: 'POST', body, headers });
const { result } = (await response.json()) as AnalyzeDocument;
console.log(response.status, Object.keys(result.tasks).join(', '));

await server.close();
await model.dispose();
