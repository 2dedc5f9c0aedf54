/** Share in [0, 1] as `93 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** `480 ms` below a second, `3.8 s` below two minutes, `2 min 5 s` above. */
export function duration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 119.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Root mean square of sound, 0..1, as decibels of full scale. */
export function soundLevel(rms: number): string {
  return rms > 0 ? `${(20 * Math.log10(rms)).toFixed(0).replace('-', '−')} dB` : 'silence';
}

/** Share in [0, 1] as a bar of `width` characters. */
export function bar(share: number, width: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}

/** Number with a sign, `+0.62`; a true minus sign. */
export function signed(value: number): string {
  const text = Math.abs(value).toFixed(2);
  if (Number(text) === 0) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}
