import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { expect, it, vi } from 'vitest';

/** An import in a test of a busy machine compiles the sources first. */
const TIMEOUT_MS = 240_000;

interface ShownProgramOptions {
  /** Reason for which the program cannot run here; what the page shows is compared all the same. */
  readonly skipRun?: string | false;
  /** Whether the page shows what the file prints; a file that prints nothing is compared and not run. @default true */
  readonly prints?: boolean;
  /** Environment variables of the run. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Declares the tests of a program that a Markdown page shows: a `ts` block is the file as it is, and a `text` block what the file
 * prints.
 * @param here `import.meta.url` of the test
 * @param page path of the Markdown file, relative to the test
 * @param program path of the TypeScript file, relative to the test
 */
export function testShownProgram(here: string, page: string, program: string, options: ShownProgramOptions = {}): void {
  const { skipRun = false, prints = true, environment = {} } = options;
  const read = (path: string) => readFileSync(new URL(path, here), 'utf8');
  const name = `${basename(page)} shows ${basename(program)}`;

  it(`${name} as it is`, () => {
    expect(read(page)).toContain(
      `\`\`\`ts\n${read(program)
        .replace(/^\/\/ biome-ignore.*\n/, '')
        .trim()}\n\`\`\``,
    );
  });

  if (!prints) return;
  it.skipIf(skipRun)(
    `${name} with what it prints${skipRun ? ` (${skipRun})` : ''}`,
    { timeout: TIMEOUT_MS },
    async () => {
      const printed = await runProgram(fileURLToPath(new URL(program, here)), environment);
      expect(read(page)).toContain(`\`\`\`text\n${printed}\n\`\`\``);
    },
  );
}

async function runProgram(path: string, environment: Readonly<Record<string, string>>): Promise<string> {
  const lines: string[] = [];
  for (const [variable, value] of Object.entries(environment)) vi.stubEnv(variable, value);
  const log = vi.spyOn(console, 'log').mockImplementation((...values) => void lines.push(format(...values)));
  try {
    await import(/* @vite-ignore */ path);
  } finally {
    log.mockRestore();
    vi.unstubAllEnvs();
  }
  return lines.join('\n').trim();
}
