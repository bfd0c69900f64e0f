/**
 * Predictions as a CSV file: a line for each row, in the order of the file that was predicted.
 *
 * @module
 */
import type { PredictedFile } from '../task/table/engine.ts';
import type { Layout } from '../task/table/layout.ts';

/** The text of the file: the prediction, and with classes the probability of each. */
export function predictionsCsv(
  { target, kind, classes }: Layout,
  { rows, values, probabilities }: PredictedFile,
): string {
  const names = kind === 'class' ? classes.map((name) => `probability of ${name}`) : [];
  const lines = [[`predicted ${target}`, ...names].map(cell).join(',')];
  for (let row = 0; row < rows; row++) {
    const value = values[row]!;
    const shares = probabilities.subarray(row * classes.length, (row + 1) * classes.length);
    const told = kind === 'class' ? cell(classes[value]!) : String(Number(value.toPrecision(9)));
    lines.push([told, ...Array.from(shares, (share) => share.toFixed(6))].join(','));
  }
  return `${lines.join('\n')}\n`;
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
