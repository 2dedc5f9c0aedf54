import { InvalidMediaError, MissingTrackError, throwIfAborted } from '@nano-emox/tensor-contract';
import { type MediaInput, openInput } from './libav/open-input';
import { scanPackets } from './libav/scan-packets';
import { type ClipAudio, loadAudio } from './load-audio';
import { type LoadClipOptions, resolveClipOptions } from './load-clip-options';
import { type ClipVideo, loadVideo } from './load-video';
import { checkSource, type MediaSource } from './source';
import { type MediaWarning, WarningList } from './warnings';

/** A clip ready for the encoders. A track the file lacks is `undefined` and named in `warnings`. */
export interface Clip {
  readonly video: ClipVideo | undefined;
  readonly audio: ClipAudio | undefined;
  readonly warnings: readonly MediaWarning[];
}

/**
 * Reads a video or audio file into what the encoders take: 8 frames and 8 × 2 s of mono 16 kHz sound, chosen by the rules
 * of Nano-EmoX. Memory does not grow with the length of the file; nothing native is held once the promise settles.
 * @param source Path, `file:` URL, or the bytes of the file.
 * @throws MissingFileError, InvalidMediaError when nothing in the file can be decoded, MissingTrackError for a track named in
 *   `require`, MissingDependencyError, InvalidArgumentError, AbortedError
 * @example
 * const { video, audio, warnings } = await loadClip('talk.mp4');
 * video?.frames.dims; // [8, 3, 224, 224]
 * audio?.clips.dims;  // [8, 32000]
 * @see Nano-EmoX (CVPR 2026), data pipeline
 */
export async function loadClip(source: MediaSource, options: LoadClipOptions = {}): Promise<Clip> {
  const where = 'loadClip';
  const resolved = resolveClipOptions(options);
  const { signal, onEvent, require } = resolved;
  throwIfAborted(signal, where);
  const warnings = new WarningList();
  const input = await openInput(await checkSource(source, where), where);
  try {
    checkTracks(input, require, warnings, where);
    const scan = await scanPackets(input, where, signal, onEvent);
    if (scan.truncated) warnings.add('truncated', 'The file ends before it should; what was there has been used');
    const video = input.video && (await loadVideo(input, scan, resolved, warnings, where));
    const audio = input.audio && (await loadAudio(input, scan, resolved, warnings, where));
    requireTracks({ video, audio }, input, require, where);
    return { video, audio, warnings: warnings.toArray() };
  } finally {
    await input.close();
  }
}

function checkTracks(input: MediaInput, required: readonly string[], warnings: WarningList, where: string): void {
  const { video, audio, source } = input;
  if (!video && !audio) {
    throw new InvalidMediaError({
      message: `${where}: ${source.label} holds neither pictures nor sound`,
      hint: 'Pass a video or audio file.',
      path: source.label,
    });
  }
  requireTracks({ video, audio }, input, required, where);
  if (!video) warnings.add('no-video-track', 'The file has no video track; only its sound was read');
  if (!audio) warnings.add('no-audio-track', 'The file has no audio track; only its pictures were read');
}

/** The part of the result that says which tracks came out; throws where that is not enough. */
function requireTracks(
  found: { video: unknown; audio: unknown },
  { source }: MediaInput,
  required: readonly string[],
  where: string,
): void {
  for (const track of ['video', 'audio'] as const) {
    if (required.includes(track) && found[track] === undefined) {
      throw new MissingTrackError({
        message: `${where}: ${source.label} has no ${track} track that can be decoded`,
        hint: `Pass a file with ${track === 'video' ? 'pictures' : 'sound'}, or take '${track}' out of the option require.`,
        path: source.label,
        track,
      });
    }
  }
  if (found.video === undefined && found.audio === undefined) {
    throw new InvalidMediaError({
      message: `${where}: nothing in ${source.label} can be decoded`,
      hint: 'The file is damaged or uses a codec that is not known. Play it, or convert it to H.264 and AAC in MP4.',
      path: source.label,
    });
  }
}
