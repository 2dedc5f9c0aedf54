import type { Fields, Template } from './corpus';

const placeholder = /\{([^{}]+)\}/g;
const padded = /^(.+):(\d{1,2})$/;

/** The text of `template` for these fields, or `undefined` when one of them is absent or no text. */
export function fill(template: Template, fields: Fields): string | undefined {
  let complete = true;
  const text = template.replace(placeholder, (_, name: string) => {
    const value = fieldText(name, fields);
    if (value === undefined) complete = false;
    return value ?? '';
  });
  return complete ? text : undefined;
}

/** A field by name, or by a path of names with dots between; own members only, so that `constructor` is none. */
export function fieldOf(name: string, fields: unknown): unknown {
  if (typeof fields !== 'object' || fields === null) return undefined;
  if (Object.hasOwn(fields, name)) return (fields as Fields)[name];
  const dot = name.indexOf('.');
  return dot < 0 ? undefined : fieldOf(name.slice(dot + 1), fieldOf(name.slice(0, dot), fields));
}

function fieldText(name: string, fields: Fields): string | undefined {
  const whole = asText(fieldOf(name, fields));
  const [, inner = '', width = '0'] = padded.exec(name) ?? [];
  return whole ?? (inner ? asText(fieldOf(inner, fields))?.padStart(Number(width), '0') : undefined);
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map((item) => asText(item) ?? '').join(', ');
  return undefined;
}
