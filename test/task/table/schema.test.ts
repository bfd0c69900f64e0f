import { describe as suite, expect, it } from 'vitest';
import { numberOf, profileOf } from '../../../src/task/table/columns.ts';
import { loadTable } from '../../../src/task/table/load.ts';
import {
  agree,
  describe,
  kindOf,
  readDescription,
  type Description,
  type TableSettings,
} from '../../../src/task/table/schema.ts';
import { fileOf, flats } from './tables.ts';

const SETTINGS: TableSettings = { target: 'sold', kind: 'class', hidden: [], rounds: 5, steps: 5 };

const profile = (text: string) => profileOf(fileOf(text, 4_096));

async function descriptionOf(text: string, settings: Partial<TableSettings> = {}) {
  return describe(await profile(text), { ...SETTINGS, ...settings });
}

function differencesBetween(own: Description, theirs: Description): readonly string[] {
  const agreement = agree(own, new Map([['Ada', theirs]]));
  return agreement.type === 'differ' ? agreement.differences : [];
}

/** So many rows, one after the other. */
function rows(count: number, row: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => row(at)).join('\n');
}

suite('what a column is taken for', () => {
  it.each([
    ['numbers', '1', '-2.5e3', 'number'],
    ['numbers with a comma', '"1,5"', '2', 'number'],
    ['a few words', 'red', 'blue', 'category'],
    ['nothing', 'NA', '', 'empty'],
    ['hexadecimal codes', '0x1', '0x2', 'category'],
  ])('%s', async (_, first, second, type) => {
    const { columns } = await profile(`a,b\n${rows(20, (at) => `${at % 2 ? first : second},1`)}`);
    expect(columns[0]!.type).toBe(type);
  });

  it('words of which each row has its own are text, and stay home', async () => {
    const text = `name,x,sold\n${rows(40, (at) => `person ${at},${at % 7},${at % 2 ? 'yes' : 'no'}`)}`;
    const found = await profile(text);
    expect(found.columns[0]!.type).toBe('text');
    expect(JSON.stringify(describe(found, SETTINGS))).not.toContain('person');
  });

  it('a word among numbers is told with its row, and counts as missing', async () => {
    const { columns } = await profile(`a,b\n${rows(20, (at) => `${at === 7 ? 'x9' : at},1`)}`);
    expect(columns[0]).toMatchObject({
      type: 'number',
      strays: 1,
      firstStray: { row: 9, text: 'x9' },
    });
  });

  it('reads numbers as people write them, and nothing else', () => {
    expect(numberOf(' -1.5 ', false)).toBe(-1.5);
    expect(numberOf('3,14', true)).toBe(3.14);
    expect(numberOf('3,14', false)).toBeNaN();
    expect(numberOf('Infinity', false)).toBeNaN();
    expect(numberOf('0x10', false)).toBeNaN();
    expect(numberOf('', false)).toBeNaN();
  });

  it('two values are classes, many numbers are an amount', async () => {
    const found = await profile(`a,b\n${rows(20, (at) => `${at % 2},${at}`)}`);
    expect(kindOf(found, 'a')).toBe('class');
    expect(kindOf(found, 'b')).toBe('number');
    expect(kindOf(found, 'c')).toBeUndefined();
  });
});

suite('what a peer tells of its table', () => {
  it('is names and types, and never a category that few rows share', async () => {
    const text = `town,x,sold\n${rows(60, (at) => `${at < 4 ? 'hamlet' : 'city'},${at},${at % 2 ? 'yes' : 'no'}`)}`;
    const description = await descriptionOf(text);
    expect(description.columns).toEqual([
      { name: 'sold', type: 'category', categories: ['no', 'yes'] },
      { name: 'town', type: 'category', categories: ['city'] },
      { name: 'x', type: 'number', categories: [] },
    ]);
  });

  it('is the same however its rows are ordered', async () => {
    const [header, ...lines] = flats('one', 80).trim().split('\n');
    const turned = [header, ...lines.reverse()].join('\n');
    expect(await descriptionOf(turned)).toEqual(await descriptionOf(flats('one', 80)));
  });

  it('survives the way to another peer, and what is no description does not', async () => {
    const description = await descriptionOf(flats('one', 80));
    expect(readDescription(JSON.parse(JSON.stringify(description)))).toEqual(description);
    const [first, ...others] = description.columns;
    for (const bad of [
      undefined,
      {},
      { ...description, kind: 'guess' },
      { ...description, target: 'area' },
      { ...description, target: 'none' },
      { ...description, columns: [...others, first] },
      { ...description, columns: [first, first, ...others] },
      { ...description, columns: description.columns.map((one) => ({ ...one, type: 'text' })) },
      { ...description, rounds: 1e9 },
      { ...description, hidden: [1, 2, 3, 4, 5] },
    ]) {
      expect(() => readDescription(bad), JSON.stringify(bad)).toThrow();
    }
  });

  it.each([
    [{ target: 'colour' }, 'no-target', /There is no column "colour": the file has area, age/],
    [{ target: 'district', kind: 'number' }, 'target-type', /"district" holds no numbers/],
    [{ target: 'price', kind: 'class' }, 'target-type', /"price" has more than 50/],
    [{ rounds: 0 }, 'settings', /Rounds are 0/],
    [{ steps: 1.5 }, 'settings', /Steps are 1.5/],
    [{ hidden: [0] }, 'settings', /Hidden layers are 0/],
  ] as const)('refuses %j', async (settings, code, words) => {
    const asked = descriptionOf(flats('one', 80), settings);
    await expect(asked).rejects.toMatchObject({ code });
    await expect(asked).rejects.toThrow(words);
  });

  it('refuses a table with nothing beside the target', async () => {
    const text = `id,sold\n${rows(20, (at) => `n${at},${at % 2 ? 'yes' : 'no'}`)}`;
    await expect(descriptionOf(text)).rejects.toMatchObject({ code: 'no-columns' });
  });
});

suite('the schema of a room', () => {
  it('is one for all, whoever puts it together, with every category that somebody named', async () => {
    const one = await descriptionOf(flats('one', 80).replaceAll('west', 'north'));
    const two = await descriptionOf(flats('two', 80).replaceAll('north', 'south'));
    const three = await descriptionOf(flats('three', 80));
    const first = agree(
      one,
      new Map([
        ['B', two],
        ['C', three],
      ]),
    );
    const last = agree(
      three,
      new Map([
        ['A', one],
        ['B', two],
      ]),
    );
    expect(first).toEqual(last);
    if (first.type === 'differ') throw new Error('They differ.');
    expect(first.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(first.schema.classes).toEqual(['no', 'yes']);
    expect(first.schema.features.find(({ name }) => name === 'district')!.categories).toEqual([
      'north',
      'south',
      'west',
    ]);
  });

  it('has another hash where anything differs', async () => {
    const hashes = new Set<string>();
    for (const settings of [
      {},
      { rounds: 6 },
      { steps: 6 },
      { hidden: [8] },
      { target: 'district' },
    ]) {
      const agreement = agree(await descriptionOf(flats('one', 80), settings), new Map());
      hashes.add(agreement.type === 'agreed' ? agreement.hash : 'none');
    }
    const renamed = flats('one', 80).replace('area', 'size');
    const agreement = agree(await descriptionOf(renamed), new Map());
    hashes.add(agreement.type === 'agreed' ? agreement.hash : 'none');
    expect(hashes.size).toBe(6);
  });

  it('tells a column too many, at either side, and types and settings that differ', async () => {
    const plain = await descriptionOf(flats('one', 80));
    const wider = await descriptionOf(
      flats('one', 80).replaceAll('\n', ',1\n').replace('sold,1', 'sold,pets'),
    );
    expect(differencesBetween(plain, wider)).toEqual([
      'Ada has a column "pets" that is not here: let Ada leave it out, or add or rename one.',
    ]);
    expect(differencesBetween(wider, plain)).toEqual([
      'Ada has no column "pets": leave it out here, or let Ada add or rename one.',
    ]);
    const found = await profile(flats('one', 80));
    const skipped = describe(found, SETTINGS, { area: 'skip' });
    expect(differencesBetween(skipped, plain)).toHaveLength(1);
    const words = await descriptionOf(flats('one', 80).replaceAll(/(\n)[\d.]+,/g, '$1big,'));
    expect(differencesBetween(plain, words)).toEqual([
      'Ada has column "area" as categories; here it is numbers.',
    ]);
    expect(differencesBetween(plain, await descriptionOf(flats('one', 80), { rounds: 9 }))).toEqual(
      ['Ada has as number of rounds 9; here it is 5.'],
    );
  });
});

suite('a table in memory', () => {
  const load = async (text: string, settings: Partial<TableSettings> = {}) => {
    const found = await profile(text);
    const agreement = agree(describe(found, { ...SETTINGS, ...settings }), new Map());
    if (agreement.type === 'differ') throw new Error('It differs.');
    return loadTable(fileOf(text), agreement.schema, found);
  };

  it('leaves out rows without a target and of classes too rare to name, and counts them', async () => {
    const text = `x,sold\n${rows(40, (at) => `${at},${at < 3 ? '' : at < 5 ? 'maybe' : at % 2 ? 'yes' : 'no'}`)}`;
    const { rows: kept, dropped } = await load(text);
    expect(kept).toBe(35);
    expect(dropped).toEqual({ withoutTarget: 3, unknownClass: 2 });
  });

  it('keeps numbers with a comma, and marks what is missing', async () => {
    const text = `x;sold\n${rows(20, (at) => `${at === 0 ? '' : `${at},5`};${at % 2 ? 'yes' : 'no'}`)}`;
    const { numbers } = await load(text);
    expect(numbers[0]![0]).toBeNaN();
    expect(numbers[0]![7]).toBe(7.5);
  });

  it('refuses too few rows, and a file that has lost a column', async () => {
    const few = `x,sold\n${rows(8, (at) => `${at},${at % 2 ? 'yes' : 'no'}`)}`;
    await expect(load(few)).rejects.toThrow(/Only 0 rows can be learned from .* 8 a class/);
    const text = flats('one', 80);
    const found = await profile(text);
    const agreement = agree(describe(found, SETTINGS), new Map());
    if (agreement.type === 'differ') throw new Error('It differs.');
    const other = fileOf(text.replace('area', 'size'));
    await expect(loadTable(other, agreement.schema, found)).rejects.toThrow(
      /There is no column "area"/,
    );
  });
});
