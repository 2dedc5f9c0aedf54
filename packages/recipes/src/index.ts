export * from './data';
export { stages } from './train/stages';
