/** Progress of a pull. `loadedBytes` only grows; `totalBytes` is the same in all events of one pull, files that were there already included. */
export type PullEvent =
  | {
      readonly type: 'pull-start';
      readonly repo: string;
      readonly commit: string;
      readonly files: number;
      readonly loadedBytes: number;
      readonly totalBytes: number;
    }
  /** Another process pulls the same repository; this one goes on when it is done. */
  | { readonly type: 'pull-wait'; readonly repo: string }
  | {
      readonly type: 'pull-delta';
      readonly repo: string;
      readonly path: string;
      readonly loadedBytes: number;
      readonly totalBytes: number;
    }
  | {
      readonly type: 'pull-end';
      readonly repo: string;
      readonly folder: string;
      readonly loadedBytes: number;
      readonly totalBytes: number;
    };
