import { fileProblem } from './file-problem';

/** What a file holds, by its first bytes. `json` may be an index of shards. */
export type FileKind = 'safetensors' | 'pytorch-zip' | 'pytorch-stream' | 'gguf' | 'json';

/** Bytes that `detectFileKind` looks at. */
export const DETECTION_BYTES = 512;

/** Longest header of a safetensors file that is believed; as in the reader. */
const MAX_HEADER_BYTES = 100_000_000;

/** Head of a stream written by torch before 1.6: a pickle (PROTO 2) of the number 0x1950a86a20f9469cfc6c. */
const streamMagic = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/**
 * Tells the format of a file from its first {@link DETECTION_BYTES} bytes; its name does not matter.
 * @throws InvalidFileError when it is none: empty, a pointer of Git LFS, a web page, an archive, or unknown
 */
export function detectFileKind(head: Uint8Array, path: string): FileKind {
  const text = new TextDecoder('latin1').decode(head);
  if (text.startsWith('GGUF')) return 'gguf';
  if (text.startsWith('PK\x03\x04')) return 'pytorch-zip';
  if (streamMagic.every((byte, index) => head[index] === byte)) return 'pytorch-stream';
  if (isSafetensors(head)) return 'safetensors';
  if (/^\s*\{/.test(text)) return 'json';
  throw unreadable(head, text, path);
}

function isSafetensors(head: Uint8Array): boolean {
  if (head.length < 10 || head[8] !== 0x7b) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return view.getBigUint64(0, true) <= MAX_HEADER_BYTES;
}

function unreadable(head: Uint8Array, text: string, path: string): Error {
  const foreign = foreignContent(head);
  if (foreign !== undefined) return fileProblem(path, foreign.problem, foreign.hint);
  if (text.startsWith('\x80')) {
    return fileProblem(
      path,
      'a bare pickle, not a file of torch.save',
      'Save the state dict with torch.save, or as safetensors.',
    );
  }
  if (text.startsWith('\x1f\x8b') || text.slice(257, 262) === 'ustar') {
    return fileProblem(path, 'an archive (gzip or tar)', 'Unpack it and give the weights inside.');
  }
  return fileProblem(path, 'not a file of weights: safetensors, PyTorch and GGUF are read');
}

/**
 * What people find in place of a file they asked for: nothing, a pointer of Git LFS, a web page. `undefined` for anything else.
 * @param head first {@link DETECTION_BYTES} bytes
 */
export function foreignContent(head: Uint8Array): { readonly problem: string; readonly hint: string } | undefined {
  const text = new TextDecoder('latin1').decode(head);
  if (head.length === 0) return { problem: 'the file is empty', hint: 'Fetch it again.' };
  if (text.startsWith('version https://git-lfs')) {
    const object = /oid sha256:([0-9a-f]{64})/.exec(text)?.[1];
    const sizeBytes = /size (\d+)/.exec(text)?.[1];
    return {
      problem: `a pointer of Git LFS instead of the file${object ? ` (sha256 ${object}, ${sizeBytes} bytes)` : ''}`,
      hint: 'Run `git lfs pull` in its repository, or fetch the file itself.',
    };
  }
  if (/^(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|\?xml|!--)/i.test(text)) {
    return {
      problem: 'a web page instead of the file',
      hint: 'The address answered with a page, often for a login or an error; use the address of the raw file.',
    };
  }
  return undefined;
}
