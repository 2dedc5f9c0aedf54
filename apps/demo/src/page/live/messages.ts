/** What the page asks of the worker; every request has one answer, in order. */
export type EncoderRequest = { readonly type: 'load' } | { readonly type: 'encode'; readonly planes: Uint8Array };

/** The encoder that the worker has loaded. */
export interface LoadedEncoder {
  /** Size of the picture that it reads, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly featureCount: number;
  readonly device: string;
}

/** Features of one picture. */
export interface EncodedPicture {
  readonly features: Float32Array;
  /** What the encoder took, in the worker. */
  readonly encodeMs: number;
}

export type EncoderAnswer =
  | { readonly type: 'loaded'; readonly encoder: LoadedEncoder }
  | { readonly type: 'encoded'; readonly picture: EncodedPicture }
  | { readonly type: 'fault'; readonly message: string; readonly hint: string };
