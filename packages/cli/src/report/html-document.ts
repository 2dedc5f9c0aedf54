import { html, Markup } from './html';
import { htmlStyles } from './html-styles';

/**
 * A page that needs nothing else: its style and pictures are in it; it holds no script, loads nothing from anywhere, and forbids
 * both.
 */
export function htmlDocument(title: string, body: Markup): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – nano-emox</title>
<style>${new Markup(htmlStyles)}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`.text;
}
