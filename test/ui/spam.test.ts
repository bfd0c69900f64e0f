/**
 * The figure of spam: what it shows and says, apart from how it looks.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { finish } from '../../src/simulation/steps.ts';
import {
  INBOXES,
  MET_BY,
  NEW_SCAM,
  NOT_MET_BY,
  SPAM_VOCABULARY,
} from '../../src/task/spam/messages.ts';
import { wordsOf } from '../../src/task/spam/vocabulary.ts';
import {
  historyOf,
  phonesWithKeys,
  ROUNDS,
  roundsOf,
  shownWords,
  TRUE_FLAGS,
  verdictsOf,
  withFlagTurned,
  wordsReadOff,
} from '../../src/ui/story/spam-state.ts';
import { BIAS } from '../../src/ui/spam-words.ts';
import { spamCaption, spamFrom } from '../../src/ui/story/spam-words.ts';

const phones = finish(phonesWithKeys());
const rounds = finish(roundsOf(TRUE_FLAGS, phones));

describe('the figure of spam', () => {
  it('shows the words of a message, or the heaviest, and what every message has', () => {
    const of = shownWords(rounds, 'Did you feed the cat, xylophone?');
    expect(new Set(of)).toEqual(new Set(['did', 'you', 'feed', 'the', 'cat', BIAS]));
    const heaviest = shownWords(rounds, undefined);
    expect(heaviest).toContain('fee');
    expect(heaviest.slice(0, 2)).not.toContain('you');
    expect(heaviest.at(-1)).toBe(BIAS);
  });

  it('reads exactly the words of somebody’s messages off their update', () => {
    const read = wordsReadOff(rounds[1]!.exchange!.updates[MET_BY]!).map(({ word }) => word);
    const own = new Set(INBOXES[MET_BY]!.flatMap(({ text }) => wordsOf(text)));
    expect(new Set(read)).toEqual(own);
  });

  it('has fresh masks each time, and the same merged model but for rounding', () => {
    const again = finish(roundsOf(TRUE_FLAGS, phones));
    expect(again[1]!.exchange!.leaving[0]).not.toEqual(rounds[1]!.exchange!.leaving[0]);
    const [one, other] = [rounds, again].map((all) => all.at(-1)!.models.masked);
    one!.forEach((value, i) => expect(Math.abs(value - other![i]!)).toBeLessThan(1e-5));
  });

  it('says from which round on somebody is protected, and that nobody is once the flags are gone', () => {
    const scam = SPAM_VOCABULARY.bagOf(NEW_SCAM);
    expect(scam.length).toBeGreaterThan(8);
    expect(spamCaption(historyOf(rounds, NEW_SCAM, NOT_MET_BY), true)).toMatch(
      /^With the flags of the others, Chloé’s phone takes the scam that only Bence has met for spam from round 3 on\. Alone it never would/,
    );
    const without = INBOXES[MET_BY]!.reduce(
      (flags, { isSpam }, i) => (isSpam ? withFlagTurned(flags, MET_BY, i) : flags),
      TRUE_FLAGS,
    );
    expect(
      spamCaption(historyOf(finish(roundsOf(without, phones)), NEW_SCAM, NOT_MET_BY), true),
    ).toMatch(/neither alone nor with the flags of the others/);
  });

  it('counts from the round after the last verdict of "fine"', () => {
    expect(spamFrom([0.5, 0.6, 0.4, 0.7, 0.8])).toBe(3);
    expect(spamFrom([0.5, 0.6, 0.4])).toBeUndefined();
  });

  it('has a verdict of every model', () => {
    const verdicts = verdictsOf(rounds[ROUNDS]!.models, NEW_SCAM, ['Ann', 'Bo', 'Cy']);
    expect(verdicts.map(({ name, probability }) => [name, probability > 0.5])).toEqual([
      ['All messages in one place', true],
      ['Ann alone', false],
      ['Bo alone', true],
      ['Cy alone', false],
      ['Together, in the open', true],
      ['Together, under masks', true],
    ]);
  });
});
