/** Terms that explain themselves: every one of a page is in the list, and every one of the list in the glossary. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KNOBS } from '../../src/ui/lab-knobs.ts';
import { notePlace } from '../../src/ui/terms/note-place.ts';
import { TERMS } from '../../src/ui/terms/term-words.ts';

const FOLDER = 'src/ui';
const LIST = join('terms', 'term-words.ts');

const sources = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && file !== LIST)
  .map((file) => ({ file, text: readFileSync(join(FOLDER, file), 'utf8') }));

/** Terms in the templates, in the calls that mark a sentence, and in what is handed to either. */
const marked = sources.flatMap(({ file, text }) =>
  [
    ...text.matchAll(/<explained-term\b[^>]*?\bof="([^"]*)"/g),
    ...text.matchAll(/\['([^']+)', \/[^/]+\/\]/g),
  ].map(([, term]) => ({ file, term: term! })),
);

describe('the terms of the page', () => {
  it('are all in the list', () => {
    expect(marked.length).toBeGreaterThan(60);
    expect(marked.filter(({ term }) => !Object.hasOwn(TERMS, term))).toEqual([]);
  });

  it('are lines of the glossary', () => {
    const glossary = readFileSync('docs/glossary.md', 'utf8');
    const lines = [...glossary.matchAll(/^- \*\*([^*]+)\*\*/gm)].flatMap(([, names]) =>
      names!.split(', '),
    );
    expect(Object.keys(TERMS).filter((term) => !lines.includes(term))).toEqual([]);
  });

  it('are each on some page', () => {
    const all = sources.map(({ text }) => text).join('\n');
    const isUsed = (term: string): boolean =>
      all.includes(`"${term}"`) || all.includes(`'${term}'`);
    expect(Object.keys(TERMS).filter((term) => !isUsed(term))).toEqual([]);
  });

  it('are explained in a sentence or two that fit a phone', () => {
    const long = Object.entries(TERMS).filter(([, words]) => words.length > 260);
    expect(long).toEqual([]);
    expect(Object.values(TERMS).filter((words) => !/[.)]$/.test(words))).toEqual([]);
  });

  it('are in no label, button or summary, whose presses they would take or pass on', () => {
    const trapped = sources.flatMap(({ file, text }) =>
      [
        ...text.matchAll(
          /<(label|button|summary|page-switch|option)\b(?:(?!<\/\1).)*?<explained-term/gs,
        ),
      ].map(([found]) => `${file}: ${found.slice(-80)}`),
    );
    expect(trapped).toEqual([]);
  });

  it('stand in the hints of the lab in the order in which they are given', () => {
    for (const { hint, terms = [] } of KNOBS) {
      let rest = hint;
      for (const [, written] of terms) {
        const found = written.exec(rest);
        expect(found, `${String(written)} in "${hint}"`).not.toBeNull();
        rest = rest.slice(found!.index + found![0].length);
      }
    }
  });
});

describe('the note of a term', () => {
  const screen = { width: 390, height: 800 };
  const note = { width: 320, height: 90 };

  it('lies under its word, and ends before the edge of the screen', () => {
    const word = { left: 300, top: 100, width: 40, height: 18 };
    expect(notePlace(word, note, screen)).toEqual({ left: 58, top: 124 });
  });

  it('lies over a word at the lower edge', () => {
    const word = { left: 20, top: 760, width: 40, height: 18 };
    expect(notePlace(word, note, screen)).toEqual({ left: 20, top: 664 });
  });

  it('stays on a screen that is too low for either place', () => {
    const word = { left: -5, top: 60, width: 40, height: 18 };
    expect(notePlace(word, note, { width: 390, height: 140 })).toEqual({ left: 12, top: 84 });
  });
});
