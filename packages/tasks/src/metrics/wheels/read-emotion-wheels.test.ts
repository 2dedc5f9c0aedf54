import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EmotionWheel } from './emotion-wheels';
import { readEmotionWheels } from './read-emotion-wheels';
import { wheelMapper } from './wheel-mapper';

const tables = {
  'format.csv': '\uFEFFname,format\nGlad,"gladly, gladder"\nlow,"lower,lows"\n',
  'synonym.csv': 'word_run1,synonym_run1,word_run2,synonym_run2\nGlad,"happy, merry",low,\nlow,,glad,"jolly"\n',
  'wheel1.csv': 'level1,level2,level3\n Up , Glad , Merry \n, ,Jolly\nDown,Low,Blue\n',
  'wheel10.csv': 'level1,level2,level3\nA,B,C\n',
  'wheel2.csv': 'level1,level2,level3\nA,B,glad\n',
  'notes.txt': 'not a table',
};

let folder: string;
const write = (files: Readonly<Record<string, string>>) =>
  Object.entries(files).forEach(([name, text]) => {
    writeFileSync(join(folder, name), text);
  });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wheels '));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('readEmotionWheels', () => {
  it('reads the published layout: blanks carry on, wheels in order of number', async () => {
    write(tables);
    const wheels = await readEmotionWheels(folder);
    expect(wheels.wheels.map(({ name }) => name)).toEqual(['wheel1', 'wheel2', 'wheel10']);
    expect(wheels.wheels[0]?.entries).toEqual([
      { level1: 'up', level2: 'glad', level3: 'merry' },
      { level1: 'up', level2: 'glad', level3: 'jolly' },
      { level1: 'down', level2: 'low', level3: 'blue' },
    ]);
    expect(wheels.baseWords.get('gladly')).toEqual(['glad']);
    expect(wheels.wheelWords.get('jolly')).toEqual(['glad']);
    expect(wheelMapper(wheels, wheels.wheels[0] as EmotionWheel)('lows')).toBe('down');
  });

  it.each(['format.csv', 'synonym.csv'])('names %s when it is missing', async (name) => {
    const { [name as 'format.csv']: _, ...rest } = tables;
    write(rest);
    await expect(readEmotionWheels(folder)).rejects.toMatchObject({ code: 'MISSING_FILE', path: join(folder, name) });
  });

  it('names the first wheel or the folder when there is none', async () => {
    write({ 'format.csv': tables['format.csv'], 'wheel1.xlsx': '' });
    await expect(readEmotionWheels(folder)).rejects.toThrow('wheel1.csv');
    await expect(readEmotionWheels(join(folder, 'absent'))).rejects.toMatchObject({ code: 'MISSING_FILE' });
  });

  it.each([
    ['format.csv', 'name,other\na,b\n', 'lacks the columns format'],
    ['format.csv', '', 'or has no rows'],
    ['format.csv', 'name,format\na,"b\n', 'is not a table'],
    ['synonym.csv', 'a,b\nc,d\n', 'has no column word_run1'],
    ['synonym.csv', 'word_run1\nc\n', 'lacks the columns synonym_run1'],
    ['wheel1.csv', 'level1,level2,level3\n,b,c\n', 'does not name all three levels'],
    ['wheel2.csv', 'level1,level2\na,b\n', 'lacks the columns level3'],
  ])('refuses %s holding %j', async (name, text, problem) => {
    write({ ...tables, [name]: text });
    const error = await readEmotionWheels(folder).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'INVALID_FILE', path: join(folder, name) });
    expect(String(error)).toContain(problem);
  });
});
