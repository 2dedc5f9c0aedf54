/** Deepest nesting of a header: the object, a tensor in it, its shape. */
const MAX_DEPTH = 3;

/**
 * Looks for what `JSON.parse` would accept and lose: keys that occur twice, `__proto__`, numbers that are not plain whole
 * numbers, and nesting deeper than a header has. Works on any text in one pass; whether it is JSON is for `JSON.parse` to say.
 * @returns the problem, or `undefined`
 */
export function scanHeaderText(text: string): string | undefined {
  if (!text.startsWith('{')) return 'the header does not start with {';
  const scopes: (Set<string> | undefined)[] = []; // keys of each open object, undefined for an array
  for (let index = 0; index < text.length; index++) {
    const character = text[index] as string;
    if (character === '{' || character === '[') {
      scopes.push(character === '{' ? new Set() : undefined);
      if (scopes.length > MAX_DEPTH) return `the header nests deeper than ${MAX_DEPTH} levels`;
    } else if (character === '}' || character === ']') {
      scopes.pop();
    } else if (character === '-' || character === '.' || (isExponentSign(character) && isDigit(text[index - 1]))) {
      return 'the header holds a number that is negative or not whole';
    } else if (character === '"') {
      const end = closingQuote(text, index);
      if (end === undefined) return 'the header ends inside a string';
      const keys = scopes.at(-1);
      if (keys !== undefined && isFollowedByColon(text, end + 1)) {
        const key = JSON.parse(text.slice(index, end + 1)) as string;
        if (key === '__proto__') return 'the header uses the key "__proto__"';
        if (keys.has(key)) return `the header names ${JSON.stringify(key.slice(0, 100))} twice`;
        keys.add(key);
      }
      index = end;
    }
  }
  return undefined;
}

const isExponentSign = (character: string): boolean => character === 'e' || character === 'E';
const isDigit = (character: string | undefined): boolean =>
  character !== undefined && character >= '0' && character <= '9';

function closingQuote(text: string, open: number): number | undefined {
  for (let index = open + 1; index < text.length; index++) {
    if (text[index] === '\\') index++;
    else if (text[index] === '"') return index;
  }
  return undefined;
}

function isFollowedByColon(text: string, index: number): boolean {
  let next = index;
  while (' \t\n\r'.includes(text[next] ?? '-')) next++;
  return text[next] === ':';
}
