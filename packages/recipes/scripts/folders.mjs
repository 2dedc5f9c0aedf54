import { join } from 'node:path';
import { repositoryRoot } from '../../../scripts/lib/workspace.mjs';

/** The maintainers' run of the tiny recipe, public data sets beside the repository, and the package that ships the weights. */
export const runFolder = join(repositoryRoot, 'runs', 'tiny');
export const dataFolder = process.env.NANO_EMOX_DATA ?? join(repositoryRoot, '..', 'shared', 'data');
export const weightsPackage = join(repositoryRoot, 'packages', 'weights-tiny');
