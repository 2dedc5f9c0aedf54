/** Steps of an analysis in words, where their names are others. */
export const stepNames: Readonly<Record<string, string>> = {
  load: 'load model',
  decode: 'read clip',
  fuse: 'fusion',
  ovMer: 'ov-mer',
};
