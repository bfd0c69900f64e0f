import { describe, expect, it } from 'vitest';
import { readCsv, type TextEncoding } from '../../../src/task/table/csv.ts';
import { TableMistake } from '../../../src/task/table/mistakes.ts';
import { fileOf } from './tables.ts';

async function rowsOf(
  content: string | Uint8Array,
  pieceBytes = 7,
  encoding?: TextEncoding,
): Promise<string[][]> {
  const rows: string[][] = [];
  const take = (row: readonly string[]): void => void rows.push([...row]);
  await readCsv(fileOf(content, pieceBytes), { header: take, row: take }, { encoding });
  return rows;
}

async function mistakeOf(content: string | Uint8Array, pieceBytes = 7): Promise<TableMistake> {
  const error: unknown = await rowsOf(content, pieceBytes).catch((thrown: unknown) => thrown);
  if (error instanceof TableMistake) return error;
  throw new Error('It was read.');
}

describe('reading CSV in pieces', () => {
  const hard = 'name,"a ""b"", c",n\r\n"two\r\nlines",é€,1\r\n,"",2\r\n';
  const expected = [
    ['name', 'a "b", c', 'n'],
    ['two\r\nlines', 'é€', '1'],
    ['', '', '2'],
  ];

  it('gives the same rows wherever the pieces end', async () => {
    for (let pieceBytes = 1; pieceBytes <= 64; pieceBytes++) {
      expect(await rowsOf(hard, pieceBytes), `${pieceBytes} bytes`).toEqual(expected);
    }
  });

  it.each([
    [
      'semicolons',
      'a;b\n1,5;2\n',
      [
        ['a', 'b'],
        ['1,5', '2'],
      ],
    ],
    [
      'tabs',
      'a\tb\n1\t2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'bars',
      'a|b\n1|2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'commas inside of quotes',
      '"a,b,c";d\n1;2',
      [
        ['a,b,c', 'd'],
        ['1', '2'],
      ],
    ],
    [
      'old line ends',
      'a,b\r1,2\r',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['one column', 'a\n1\n2\n', [['a'], ['1'], ['2']]],
  ])('finds %s', async (_, text, rows) => {
    const found = await rowsOf(text, 3);
    expect(found.filter((row) => row.join('') !== '')).toEqual(rows);
  });

  it('reads UTF-16 by its mark, and Windows-1252 when it is told', async () => {
    const text = 'a,b\né,2\n';
    const wide = new Uint8Array(2 * text.length + 2);
    wide.set([0xff, 0xfe]);
    [...text].forEach((letter, at) => wide.set([letter.charCodeAt(0), 0], 2 * at + 2));
    expect(await rowsOf(wide)).toEqual([
      ['a', 'b'],
      ['é', '2'],
    ]);
    const western = Uint8Array.from([...text], (letter) => letter.charCodeAt(0));
    expect(await rowsOf(western, 7, 'windows-1252')).toEqual([
      ['a', 'b'],
      ['é', '2'],
    ]);
  });

  it('refuses bytes that are not UTF-8, and says where they are and what to do', async () => {
    const western = Uint8Array.from([...'a,b\n1,2\nM\xfcller,3\n'], (letter) =>
      letter.charCodeAt(0),
    );
    const mistake = await mistakeOf(western, 4);
    expect(mistake.code).toBe('encoding');
    expect(mistake.message).toMatch(/not UTF-8: somewhere after row [12] .*windows-1252/);
  });

  it.each([
    ['', 'empty', /is empty/],
    ['a,b\n', 'empty', /no rows/],
    ['a,,c\n1,2,3\n', 'header', /Column 2 has no name/],
    ['a,b,a\n1,2,3\n', 'header', /Two columns are called "a"/],
    ['a,b\n1,2\n3\n', 'ragged', /Row 3 has 1 value for 2 columns/],
    ['a,b\n1,2,3\n', 'ragged', /Row 2 has 3 values for 2 columns/],
    ['a,b\n1,2\n"3,4\n5,6\n', 'quotes', /after row 2 never ends/],
  ])('refuses %j', async (text, code, words) => {
    const mistake = await mistakeOf(text);
    expect(mistake.code).toBe(code);
    expect(mistake.message).toMatch(words);
  });

  it('gives up on an open quotation mark long before the end of a large file', async () => {
    let read = 0;
    const source = {
      size: undefined,
      async *chunks() {
        yield await Promise.resolve(new TextEncoder().encode('a,b\n1,"'));
        for (; read < 1_000; read++) yield new Uint8Array(65_536).fill(120);
      },
    };
    const ignore = (): void => undefined;
    await expect(readCsv(source, { header: ignore, row: ignore })).rejects.toThrow(/never ends/);
    expect(read).toBeLessThan(20);
  });

  it('tells how far it is, and stops when it is told to', async () => {
    const shares: (number | undefined)[] = [];
    const stop = new AbortController();
    let rows = 0;
    const reading = readCsv(
      fileOf('a,b\n1,2\n3,4\n5,6\n', 4),
      { header: () => undefined, row: () => void (rows += 1) },
      {
        signal: stop.signal,
        onProgress: (share) => {
          shares.push(share);
          if (shares.length === 2) stop.abort();
        },
      },
    );
    await expect(reading).rejects.toThrow(/abort/i);
    expect(shares).toEqual([0.25, 0.5]);
    expect(rows).toBe(1);
  });
});
