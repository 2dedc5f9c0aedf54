export { type ImportedDecoder, readLlama2cModel } from './read-model';
export { readLlama2cTokenizer } from './read-tokenizer';
