/**
 * A bar that fills on a terminal, and nothing elsewhere: programs get lines.
 *
 * @module
 */

/** Draws over its own line. */
export interface ProgressBar {
  /** @param share - 0 to 1. @param label - What is going on, short. */
  show(share: number, label: string): void;
  /** Whether there is a terminal to draw on. */
  readonly isShown: boolean;
  /** Ends the line, if one was begun. */
  end(): void;
}

/** Where a bar is drawn; `process.stderr` is one. */
export interface BarStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

const LONGEST_BAR = 32;

/** A bar on a terminal; on anything else it shows nothing. */
export function progressBar(stream: BarStream): ProgressBar {
  let isDrawn = false;
  return {
    isShown: stream.isTTY === true,
    show(share, label) {
      if (stream.isTTY !== true) return;
      stream.write(`\r\u001b[K${barOf(share, label, stream.columns ?? 80)}`);
      isDrawn = true;
    },
    end() {
      if (isDrawn) stream.write('\n');
      isDrawn = false;
    },
  };
}

/** The line of a bar, never wider than the terminal. */
export function barOf(share: number, label: string, columns: number): string {
  const filled = Math.min(Math.max(share, 0), 1);
  const width = Math.max(Math.min(LONGEST_BAR, columns - label.length - 9), 0);
  const full = Math.round(filled * width);
  const bar = `${'█'.repeat(full)}${'░'.repeat(width - full)}`;
  const percent = `${Math.floor(filled * 100)}%`.padStart(4);
  return `${bar} ${percent} ${label}`.slice(0, columns - 1);
}
