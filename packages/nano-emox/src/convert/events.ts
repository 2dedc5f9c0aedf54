import type { ModelPart } from './model-parts';

/** Progress of a conversion. `writtenBytes` only grows; `totalBytes` is the same in all events. */
export type ConvertEvent =
  | { readonly type: 'convert-start'; readonly parts: readonly ModelPart[]; readonly totalBytes: number }
  | {
      readonly type: 'convert-delta';
      readonly part: ModelPart;
      readonly writtenBytes: number;
      readonly totalBytes: number;
    }
  | { readonly type: 'convert-end'; readonly folder: string; readonly totalBytes: number };
