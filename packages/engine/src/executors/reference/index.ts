export { evaluateReference, type ReferenceFeeds } from './evaluate-reference';
