/**
 * Writes the reference of all public entries from their TSDoc to docs/api. A broken link, or any other warning, is a failure; `--check`
 * looks for these only.
 */
import { join } from 'node:path';
import { Application, TSConfigReader } from 'typedoc';
import { ensureReady } from './bootstrap.mjs';
import { runMain, SetupError, say } from './lib/processes.mjs';
import { listPackages, repositoryRoot } from './lib/workspace.mjs';

/** Declarations of every entry of every published package: file → the name by which it is imported. */
function publicEntries() {
  const published = listPackages().filter(({ manifest }) => !manifest.private);
  const entries = published.flatMap(({ name, path, manifest }) =>
    Object.entries(manifest.exports).flatMap(([subPath, { types }]) =>
      types ? [[join(path, types), name + subPath.slice(1)]] : [],
    ),
  );
  return new Map(entries);
}

await runMain(async () => {
  await ensureReady('all');
  const entries = publicEntries();
  const folder = join(repositoryRoot, 'docs', 'api');
  const app = await Application.bootstrap(
    {
      name: 'nano-emox',
      entryPoints: [...entries.keys()],
      tsconfig: join(repositoryRoot, 'tooling', 'api-reference.tsconfig.json'),
      readme: 'none', // its links lead to folders of the repository
      basePath: repositoryRoot,
      disableSources: true, // declarations are built files; nothing to link to
      excludePrivate: true,
      excludeInternal: true,
      validation: { invalidLink: true, invalidPath: true, notExported: false, notDocumented: false },
      githubPages: false,
      logLevel: 'Warn',
    },
    [new TSConfigReader()],
  );
  // Entries are known by how one imports them, not by their files.
  const named = app
    .getEntryPoints()
    ?.map((entry) => ({ ...entry, displayName: entries.get(entry.sourceFile.fileName) }));
  if (named?.length !== entries.size) throw new SetupError('Not every entry could be read; see above.');
  const project = app.converter.convert(named);
  app.validate(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) {
    throw new SetupError('The TSDoc comments have faults; see above.');
  }
  if (process.argv.includes('--check')) return say(`The TSDoc comments of ${entries.size} entries are sound.`);
  await app.generateDocs(project, folder);
  say(`The reference of ${entries.size} entries is in docs/api.`);
});
