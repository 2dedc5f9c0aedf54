/** Share in [0, 1] as `93 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Number with a sign and two decimals, `+0.62`; a true minus sign. */
export function signed(value: number): string {
  const text = Math.abs(value).toFixed(2);
  if (Number(text) === 0) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** `3.8 s`. */
export function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}

/** `64 MB`. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`;
}

/** Words in a row: `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
