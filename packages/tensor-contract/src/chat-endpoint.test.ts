import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { chatEndpoint } from './chat-endpoint';

// Retries, refusals, time limits and signals are tested with the judge of @nano-emox/tasks, which asks through this function.
it('sends words and pictures as they are given', async () => {
  const received: unknown[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    received.push(JSON.parse(text));
    response.end(JSON.stringify({ choices: [{ message: { content: 'a cat' } }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ask = chatEndpoint({ endpoint: `http://127.0.0.1:${port}`, model: 'm' });
  const content = [
    { type: 'text', text: 'What is it?' },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
  ] as const;
  expect(await ask('Answer briefly.', content)).toBe('a cat');
  expect(received).toMatchObject([{ messages: [{ content: 'Answer briefly.' }, { role: 'user', content }] }]);
  await new Promise((resolve) => server.close(resolve));
});
