/**
 * The pages of the library's API: built without a complaint, as they lie in `docs/api`, of every public symbol; and
 * what they tell of waiting and of errors.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ReflectionKind,
  type DeclarationReflection,
  type ProjectReflection,
  type SignatureReflection,
  type SomeType,
} from 'typedoc';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildDocs } from '../../scripts/docs.js';

let folder: string;
let project: ProjectReflection;
let complaints: readonly string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'murmuration-docs-'));
  ({ project, complaints } = await buildDocs(folder));
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const filesIn = (place: string): readonly string[] =>
  (readdirSync(place, { recursive: true }) as string[])
    .filter((path) => statSync(join(place, path)).isFile())
    .toSorted();

const exported = (): readonly DeclarationReflection[] =>
  project
    .getReflectionsByKind(ReflectionKind.Module)
    .flatMap((module) => (module as DeclarationReflection).children ?? []);

/** Functions and methods of everything that is exported. */
const signatures = (): readonly SignatureReflection[] =>
  exported().flatMap((symbol) => [
    ...(symbol.signatures ?? []),
    ...(symbol.children ?? []).flatMap((child) => child.signatures ?? []),
  ]);

describe('docs/api', () => {
  it('is built without a complaint: everything public is documented, and every link leads somewhere', () => {
    expect(complaints).toEqual([]);
  });

  it('is as the sources have it: npm run docs writes it anew', () => {
    expect(filesIn('docs/api')).toEqual(filesIn(folder));
    const stale = filesIn(folder).filter(
      (path) =>
        readFileSync(join('docs/api', path), 'utf8') !== readFileSync(join(folder, path), 'utf8'),
    );
    expect(stale).toEqual([]);
  });

  it('has a page for every export of the two entries', () => {
    const names = exported().map(({ name }) => name);
    for (const name of [
      'joinRoom',
      'newRoomKey',
      'Session',
      'Training',
      'RoundFailed',
      'HeatMap',
    ]) {
      expect(names).toContain(name);
    }
    const pages = filesIn('docs/api').join('\n');
    expect(names.filter((name) => !pages.includes(`/${name}.md`))).toEqual([]);
  });
});

/** Promises that no other peer can keep waiting. */
const OWN_PACE: Readonly<Record<string, string>> = {
  take: 'a turn of SumTurns: the work is handed a signal, and whoever waits is behind sums that have their own',
  leave: 'bounded: 2 s for the others, 2 s to flush',
  weights: 'at most one local step',
  predict: 'at most one local step',
  trainOnBatch: 'the model of whoever brings it',
};

describe('whatever waits', () => {
  const waiting = (): readonly SignatureReflection[] =>
    signatures().filter(
      ({ type, parent }) =>
        type?.type === 'reference' && type.name === 'Promise' && !parent.flags.isExternal,
    );

  it('takes an AbortSignal, or keeps its own pace', () => {
    const names = waiting().map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['joinRoom', 'aggregate', 'train', 'rounds']));
    const deaf = waiting().filter(
      ({ name, parameters = [] }) =>
        OWN_PACE[name] === undefined && !parameters.some(({ type }) => hasSignal(type)),
    );
    expect(deaf.map(({ name }) => name).filter((name) => !isOfLit(name))).toEqual([]);
  });
});

describe('errors', () => {
  it('that are told by @throws are built in, or exported', () => {
    const known = [...exported().map(({ name }) => name), 'RangeError', 'TypeError', 'The'];
    const told = signatures().flatMap(({ comment }) =>
      (comment?.blockTags ?? [])
        .filter(({ tag }) => tag === '@throws')
        .map(({ content }) => content.map(({ text }) => text).join('')),
    );
    expect(told.length).toBeGreaterThan(8);
    expect(told.filter((text) => !known.includes(/^\w+/.exec(text)?.[0] ?? ''))).toEqual([]);
  });

  it('have a meaning for each reason', () => {
    const text = readFileSync('src/errors.ts', 'utf8');
    const [, union] = /type FailureReason =([^;]+);/.exec(text)!;
    const reasons = [...union!.matchAll(/'([\w-]+)'/g)].map(([, reason]) => reason!);
    expect(reasons.length).toBeGreaterThan(7);
    for (const reason of reasons) expect(text).toMatch(new RegExp(`\\* - \`${reason}\`: \\w`));
  });
});

/** Whether options of this type have a signal. */
function hasSignal(type: SomeType | undefined): boolean {
  if (type?.type === 'reflection') {
    return type.declaration.children?.some(({ name }) => name === 'signal') === true;
  }
  if (type?.type !== 'reference') return false;
  const options = type.reflection as DeclarationReflection | undefined;
  return options?.children?.some(({ name }) => name === 'signal') === true;
}

/** Elements have what Lit gives them. */
function isOfLit(name: string): boolean {
  return ['updateComplete', 'getUpdateComplete', 'scheduleUpdate'].includes(name);
}
