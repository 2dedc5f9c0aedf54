/**
 * A vitest reporter that writes what the final summary needs: counts per package, every failure that is not a test (a file
 * that cannot be collected, a failing hook, an unhandled error), and every skipped test with its reason.
 */
import { readFileSync, writeFileSync } from 'node:fs';

export default class TallyReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const packages = {};
    const skips = [];
    const faults = unhandledErrors.map((error) => `unhandled error: ${error.message}`);
    for (const module of modules) {
      packages[module.project.name] ??= { passed: 0, failed: 0, skipped: 0 };
      const counts = packages[module.project.name];
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state === 'pending' ? 'failed' : state] += 1;
        if (state === 'skipped') {
          skips.push({ package: module.project.name, test: test.fullName, reason: skipReason(test, module) });
        }
      }
      // A broken hook or an import that throws leaves no failed test behind; each one counts as a failure of its own.
      for (const part of [module, ...module.children.allSuites()]) {
        const errors = part.errors();
        counts.failed += errors.length;
        for (const error of errors) faults.push(`${module.project.name} ${module.relativeModuleId}: ${error.message}`);
      }
    }
    const path = process.env.NANO_EMOX_TALLY;
    if (path) writeFileSync(path, JSON.stringify({ packages, skips, faults, unhandled: unhandledErrors.length }));
  }
}

/** The note given to `context.skip(note)`, the bracketed end of a title, or the condition in the source, in that order. */
function skipReason(test, module) {
  const { note } = test.result();
  if (note) return note;
  if (test.options.mode === 'todo') return 'not written yet (todo)';
  for (let part = test; part && part.type !== 'module'; part = part.parent) {
    if (part.type === 'suite' && part.errors().length > 0) return 'its set-up failed';
    const bracketed = /\(([^()]*)\)\s*$/.exec(part.name)?.[1];
    if (bracketed && part.options.mode === 'skip') return bracketed;
    const line = part.location && readFileSync(module.moduleId, 'utf8').split('\n')[part.location.line - 1];
    const condition = line && /\.(skipIf|runIf)\((.*?)\)\s*\(/.exec(line);
    if (condition) return `${condition[1] === 'skipIf' ? 'because' : 'runs only if'} ${condition[2]}`;
  }
  return 'no reason given';
}
