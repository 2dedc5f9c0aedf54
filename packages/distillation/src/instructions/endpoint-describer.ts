import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileError } from '@nano-emox/engine/weights';
import {
  type ChatContentPart,
  type ChatEndpointOptions,
  chatEndpoint,
  EndpointError,
  InvalidArgumentError,
  InvalidFileError,
  type RunOptions,
} from '@nano-emox/tensor-contract';
import type { Describer } from './describer';
import { type Description, descriptionProblem, type LabelledMedia } from './instruction-record';

/** A picture in a format that services read, such as JPEG or PNG. */
export interface EncodedPicture {
  /** E.g. `image/jpeg`. */
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** Where to ask, and how. */
export interface EndpointDescriberOptions extends ChatEndpointOptions {
  /** Pictures to show for a sample. @default its image; for clips give some frames */
  readonly pictures?: (sample: LabelledMedia, options: RunOptions) => Promise<readonly EncodedPicture[]>;
  /** Further questions after an answer that is no description. @default 2 */
  readonly maxRepairs?: number;
}

const instruction = [
  'You look at a picture, or at frames of one clip, and know which emotion people feel when they see it.',
  'Answer with one JSON object and nothing else: {"elements": "...", "reasoning": "..."}.',
  '"elements": two to four sentences about the visible elements that bear on emotion: people, faces, postures, objects, light, colours, setting.',
  '"reasoning": two to four sentences that lead from these elements towards the emotion.',
  'Never write the name of the emotion itself.',
].join(' ');

/**
 * Describes by a vision-language model behind any OpenAI-compatible endpoint. Nothing is sent until it is asked.
 * Answers that are no description are asked for again with what was wrong.
 * @throws InvalidArgumentError for an address that is not http(s)
 */
export function endpointDescriber(options: EndpointDescriberOptions): Describer {
  const ask = chatEndpoint(options);
  const { model, pictures = imageOf, maxRepairs = 2 } = options;
  return {
    source: model,
    async describe(sample, classes, call) {
      const shown = (await pictures(sample, call)).map(asPart);
      const question = `The emotion is "${sample.label}", one of ${classes.join(', ')}.`;
      let text = question;
      for (let attempts = 1; ; attempts++) {
        const reply = await ask(instruction, [{ type: 'text', text }, ...shown], call);
        const found = readDescription(reply, sample.label);
        if ('description' in found) return found.description;
        if (attempts > maxRepairs) throw noDescription(options.endpoint, sample.id, attempts, found.problem);
        text = `${question} Your last answer ${found.problem}. Answer again as told.`;
      }
    },
  };
}

/** The outermost JSON object of a reply; models like to wrap it in words or fences. */
function readDescription(reply: string, label: string): { description: Description } | { problem: string } {
  try {
    const value: unknown = JSON.parse(/\{[\s\S]*\}/.exec(reply)?.[0] ?? reply);
    const problem = descriptionProblem(value, label);
    if (problem !== undefined) return { problem };
    const { elements, reasoning } = value as Description;
    return { description: { elements: elements.trim(), reasoning: reasoning.trim() } };
  } catch {
    return { problem: 'is not a JSON object' };
  }
}

function noDescription(endpoint: string, id: string, attempts: number, problem: string): EndpointError {
  return new EndpointError({
    message: `endpointDescriber: ${attempts} answers for ${id} are no description; the last ${problem}`,
    hint: 'Ask again later, raise maxRepairs, or take a model that follows instructions better.',
    endpoint,
    status: 200,
    attempts,
  });
}

const asPart = ({ mediaType, bytes }: EncodedPicture): ChatContentPart => ({
  type: 'image_url',
  image_url: { url: `data:${mediaType};base64,${Buffer.from(bytes).toString('base64')}` },
});

const mediaTypes: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
};

/** What services take at most; larger pictures are to be scaled down first. */
const MAX_PICTURE_BYTES = 20_000_000;

async function imageOf({ id, media: { image } }: LabelledMedia): Promise<readonly EncodedPicture[]> {
  const mediaType = image === undefined ? undefined : mediaTypes[extname(image).toLowerCase()];
  if (image === undefined || mediaType === undefined) {
    throw new InvalidArgumentError({
      message: `endpointDescriber: ${id} has ${image === undefined ? 'no image' : `an image of another format, ${image}`}`,
      hint: `Give images as ${Object.keys(mediaTypes).join(', ')}, or pass pictures, e.g. to take frames from clips.`,
      argument: 'pictures',
    });
  }
  try {
    const { size } = await stat(image);
    if (size > 0 && size <= MAX_PICTURE_BYTES) return [{ mediaType, bytes: await readFile(image) }];
    throw new InvalidFileError({
      message: `${image} has ${size} bytes`,
      hint: `Give a picture of at most ${MAX_PICTURE_BYTES} bytes.`,
      path: image,
    });
  } catch (error) {
    throw fileError(error, image, 'read');
  }
}
