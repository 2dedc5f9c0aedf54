import { markup } from '@nano-emox/tasks';

const tags: readonly string[] = markup.think;

/**
 * Turns pieces of an answer into what people read: tags of the chain are taken out, even where they lie across pieces, lines are
 * trimmed at their beginning and blank ones left out, and no control character gets through.
 */
export class SpokenText {
  private held = '';
  private isLineStart = true;
  private hasText = false;

  /** @param indent stands before every line */
  constructor(private readonly indent = '') {}

  /** What can be shown now. */
  add(piece: string): string {
    const text = tags.reduce((all, tag) => all.replaceAll(tag, '\n'), this.held + piece);
    const cut = startOfTag(text);
    this.held = text.slice(cut);
    return this.show(text.slice(0, cut));
  }

  /** What was held back because a tag could have begun there. */
  end(): string {
    const rest = this.held;
    this.held = '';
    return this.show(rest);
  }

  private show(text: string): string {
    let shown = '';
    for (const character of text.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')) {
      if (character === '\n') this.isLineStart = true;
      else if (!this.isLineStart) shown += character;
      else if (character.trim() !== '') {
        shown += `${this.hasText ? '\n' : ''}${this.indent}${character}`;
        this.isLineStart = false;
        this.hasText = true;
      }
    }
    return shown;
  }
}

/** Where the text ends in what may become a tag; its length where it does not. */
function startOfTag(text: string): number {
  const start = text.lastIndexOf('<');
  if (start < 0) return text.length;
  const ending = text.slice(start);
  return tags.some((tag) => tag.startsWith(ending)) ? start : text.length;
}
