/**
 * Puts the page into the document: custom properties, the remembered theme, the shell.
 *
 * @module
 */
import './app-shell.ts';
import type { OpenSession } from './room-store.ts';
import { restoreTheme } from './theme.ts';
import { tokens } from './tokens.ts';

/** Starts the page with a way to open sessions. Called once. */
export function startPage(open: OpenSession): void {
  restoreTheme();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, tokens.styleSheet!];
  const shell = document.createElement('app-shell');
  shell.open = open;
  document.body.append(shell);
}
