// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { cacheList, cacheVerify, pullRepository } from '@nano-emox/hub';
import { NanoEmoxError } from '@nano-emox/tensor-contract';

const repo = 'HuggingFaceTB/SmolLM2-135M-Instruct';
const files = ['config.json', 'tokenizer.json', 'model.safetensors'];
const onEvent = ({ type }: { readonly type: string }) => {
  if (type !== 'pull-delta') console.log(type); // those in between tell loadedBytes of totalBytes
};
const { folder, commit } = await pullRepository(repo, { files, onEvent });
console.log(folder.endsWith(commit)); // a folder that a loader can read

await pullRepository(repo, { files, offline: true }); // from now on without a connection
const { problems } = await cacheVerify({ repo });
console.log(
  (await cacheList()).map((cached) => `${cached.repo}: ${cached.commits[0]?.files} files`),
  problems,
);

try {
  await pullRepository(repo, { files: ['model.gguf'] });
} catch (error) {
  if (NanoEmoxError.isInstance(error)) console.log(error.code);
}
