/**
 * Reading a CSV file piece by piece, so that one of 100 MB neither freezes a page nor has to fit in memory.
 *
 * Bytes are decoded strictly: a file in another encoding is refused with the line where it shows, never read
 * with wrong letters. Rows are taken apart by papaparse, one piece after the other; the rest of a piece after
 * its last whole row goes before the next piece.
 *
 * RFC 4180, with any separator of `,` `;` tab `|`, and quotes as it says.
 *
 * @module
 */
import Papa from 'papaparse';
import { MAX_ROW_CHARACTERS, MAX_TABLE_COLUMNS } from '../../config.ts';
import { TableMistake } from './mistakes.ts';

/** Where bytes come from: a file of a page, or a stream of a program. */
export interface ByteSource {
  /** Bytes in all, for progress; undefined when it is not known. */
  readonly size: number | undefined;
  chunks(): AsyncIterable<Uint8Array>;
}

/** Encodings that can be asked for; UTF-8 unless the file begins with the mark of UTF-16. */
export const TEXT_ENCODINGS = ['utf-8', 'windows-1252', 'utf-16le', 'utf-16be'] as const;

/** The name of an encoding. */
export type TextEncoding = (typeof TEXT_ENCODINGS)[number];

/** How to read. */
export interface CsvOptions {
  readonly encoding?: TextEncoding | undefined;
  /** Called after each piece with the share that is read, 0 to 1; undefined when the size is not known. */
  readonly onProgress?: ((share: number | undefined) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What takes the rows. */
export interface RowSink {
  /** Once, before all rows: names of the columns, none empty, none twice. */
  header(names: readonly string[]): void;
  /**
   * @param row - Shape [columns].
   * @param number - Of the row in the file, where the header is row 1, as spreadsheets count.
   */
  row(row: readonly string[], number: number): void;
}

/** The bytes of a `Blob` or `File`. */
export function bytesOfBlob(blob: Blob): ByteSource {
  return { size: blob.size, chunks: () => chunksOf(blob.stream().getReader()) };
}

/**
 * Reads all rows.
 *
 * @throws TableMistake when the file is no table: another encoding, an open quotation mark, a row with more or
 *   fewer columns than the header, columns without a name or twice.
 */
export async function readCsv(
  source: ByteSource,
  sink: RowSink,
  options: CsvOptions = {},
): Promise<void> {
  const rows = new RowReader(sink);
  let decoder: TextDecoder | undefined;
  let read = 0;
  for await (const bytes of source.chunks()) {
    options.signal?.throwIfAborted();
    if (bytes.length === 0) continue;
    decoder ??= new TextDecoder(options.encoding ?? encodingOf(bytes), { fatal: true });
    rows.take(decoded(decoder, bytes, rows.count), false);
    read += bytes.length;
    options.onProgress?.(source.size ? Math.min(read / source.size, 1) : undefined);
  }
  rows.take(decoder === undefined ? '' : decoded(decoder, undefined, rows.count), true);
  rows.end();
}

/** Takes rows out of text that comes in pieces. */
class RowReader {
  /** Rows read so far, the header included. */
  count = 0;
  /** Rows that were given on. */
  private given = 0;
  private rest = '';
  private form: { readonly separator: string; readonly newline: '\r\n' | '\n' | '\r' } | undefined;
  private columns = 0;
  private readonly sink: RowSink;

  constructor(sink: RowSink) {
    this.sink = sink;
  }

  take(text: string, isLast: boolean): void {
    const whole = this.rest + text;
    // Before something follows the first line nobody knows how lines end.
    if (this.form === undefined && !isLast && !/[\r\n][^]/.test(whole)) {
      this.rest = whole;
      this.checkRest();
      return;
    }
    if (whole === '') return;
    const { separator, newline } = (this.form ??= formOf(whole));
    const parser = new Papa.Parser({ delimiter: separator, newline });
    const { data, errors, meta } = parser.parse(whole, 0, !isLast) as Papa.ParseResult<string[]>;
    const isOpen = isLast && errors.some(({ code }) => code === 'MissingQuotes');
    for (const row of isOpen ? data.slice(0, -1) : data) this.row(row);
    if (isOpen) throw this.openQuote();
    this.rest = isLast ? '' : whole.slice(meta.cursor);
    this.checkRest();
  }

  end(): void {
    if (this.count === 0) {
      throw new TableMistake(
        'empty',
        'The file is empty: give a CSV file with a line of column names and a row for each case.',
      );
    }
    if (this.given === 0) {
      throw new TableMistake(
        'empty',
        'The file has column names and no rows: add rows below them.',
      );
    }
  }

  private row(row: readonly string[]): void {
    this.count += 1;
    if (this.count === 1) {
      this.columns = row.length;
      this.sink.header(namesOf(row));
      return;
    }
    // An empty line, as at the end of most files.
    if (row.length === 1 && row[0]!.trim() === '') return;
    if (row.length !== this.columns) {
      throw new TableMistake(
        'ragged',
        `Row ${this.count} has ${row.length} ${row.length === 1 ? 'value' : 'values'} for ${this.columns} columns: check its separators ("${shown(this.form!.separator)}") and quotation marks.`,
      );
    }
    this.given += 1;
    this.sink.row(row, this.count);
  }

  private checkRest(): void {
    if (this.rest.length > MAX_ROW_CHARACTERS) throw this.openQuote();
  }

  private openQuote(): TableMistake {
    return new TableMistake(
      'quotes',
      `The row after row ${this.count} never ends: a quotation mark (") in it is not closed.`,
    );
  }
}

function namesOf(row: readonly string[]): readonly string[] {
  if (row.length > MAX_TABLE_COLUMNS) {
    throw new TableMistake(
      'too-large',
      `The file has ${row.length} columns: keep the ${MAX_TABLE_COLUMNS} that matter.`,
    );
  }
  const names = row.map((name) => name.trim());
  const empty = names.indexOf('');
  if (empty >= 0) {
    throw new TableMistake(
      'header',
      `Column ${empty + 1} has no name: the first line must name every column.`,
    );
  }
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new TableMistake('header', `Two columns are called "${twice}": rename one of them.`);
  }
  return names;
}

function encodingOf(bytes: Uint8Array): TextEncoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

function decoded(decoder: TextDecoder, bytes: Uint8Array | undefined, row: number): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch {
    throw new TableMistake(
      'encoding',
      `The file is not ${decoder.encoding.toUpperCase()}: somewhere after row ${Math.max(row, 1)} it holds bytes that are no letters. Save it as UTF-8, or say which encoding it has (${TEXT_ENCODINGS.join(', ')}).`,
    );
  }
}

function formOf(text: string): { separator: string; newline: '\r\n' | '\n' | '\r' } {
  return { separator: separatorOf(text), newline: newlineOf(text) };
}

/** The separator that the first line has most of. */
function separatorOf(text: string): string {
  const first = text.slice(0, text.search(/[\r\n]|$/)).replaceAll(/"[^"]*"/g, '');
  const counts = [',', ';', '\t', '|'].map(
    (separator) => [first.split(separator).length, separator] as const,
  );
  return counts.reduce((best, next) => (next[0] > best[0] ? next : best))[1];
}

function newlineOf(text: string): '\r\n' | '\n' | '\r' {
  const at = text.search(/[\r\n]/);
  if (text[at] !== '\r') return '\n';
  return text[at + 1] === '\n' || at + 1 === text.length ? '\r\n' : '\r';
}

function shown(separator: string): string {
  return separator === '\t' ? 'tab' : separator;
}

async function* chunksOf(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
