/**
 * What the search says of itself: where it stands, among how many it hides an update, and when it pauses.
 */
import { describe, expect, it } from 'vitest';
import { searchCost, searchWords } from '../../src/ui/search-words.ts';

const room = { rounds: 41, buckets: 3, among: 13, smallest: 4, suspicions: [] };
const line = { rounds: 3, buckets: 2, among: 8, smallest: 4, suspicions: [] };
const suspect = { peer: 'a' as never, score: 9, error: 1, isSuspect: true };

describe('the search says', () => {
  it('what it waits for before it begins', () => {
    const none = { rounds: 0, buckets: 0, among: 0, smallest: 0, suspicions: [] };
    expect(searchWords(none, false)).toMatch(/waits for 12 peers.*16 or more for 8 in your line/);
    expect(searchCost(none, false)).toBe('');
  });

  it('how many stand out, and nothing before thirty rounds', () => {
    expect(searchWords(line, false)).toMatch(/^Three rounds judged: before 30/);
    expect(searchWords(room, false)).toBe('41 rounds judged, and nobody stands out.');
    const two = { ...room, suspicions: [suspect, suspect] };
    expect(searchWords(two, false)).toBe('41 rounds judged: two stand out.');
    expect(searchWords(two, true)).toMatch(/^With noise there are no votes/);
  });

  it('among how few an update is hidden, in a room and in a line', () => {
    expect(searchCost(room, false)).toMatch(/among these 13 peers.*three sums of four or more/);
    expect(searchCost(room, false)).not.toMatch(/line/);
    expect(searchCost(line, true)).toMatch(/the eight peers of your line, and only they/);
    expect(searchCost(line, true)).toMatch(/hidden among four, and over many rounds among fewer/);
  });

  it('that it pauses while there are too few', () => {
    const few = { ...line, buckets: 0, among: 0, smallest: 0 };
    expect(searchCost(few, true)).toMatch(/pauses while there are too few/);
  });
});
