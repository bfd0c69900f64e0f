/**
 * What the figure of masks says: the caption, and what somebody can work out.
 *
 * @module
 */
import {
  inferencesOf,
  LARGEST_HIDDEN,
  MODULUS,
  piecesNeeded,
  SMALL_MASK,
  totalOf,
  type HeldMasks,
} from '../../simulation/held-masks.ts';
import { capitalised, countWord, counted, grouped, listed, possessive } from '../words.ts';

/** Who holds a number, in the order in which they join. */
export const NAMES = ['Amara', 'Bence', 'Chloé', 'Dov', 'Emi', 'Farid', 'Gita', 'Hugo'] as const;

/** Names of some places. */
export function namesOf(places: readonly number[]): string {
  return listed(places.map((place) => NAMES[place]!));
}

/** What those who watch together can work out, in one or two sentences. */
export function inferenceWords(held: HeldMasks, observers: readonly number[]): string {
  const total = totalOf(held);
  const found = inferencesOf(held, observers);
  const isAlone = observers.length === 1;
  const who = observers.length === 0 ? 'Whoever listens' : namesOf(observers);
  const verb = observers.length > 1 ? 'know' : 'knows';
  if (total === undefined)
    return `${who} ${verb} less than ever: until the loose masks are rebuilt, even the sum is hidden.`;
  const own = observers
    .filter((place) => place !== held.leaver?.person)
    .map((place) => held.people[place]!.hidden);
  const rest = own.reduce((left, number) => left - number, total);
  const start =
    observers.length === 0
      ? `Whoever listens has every word that left a phone, and the sum ${total}.`
      : `${who} ${verb} ${listed(own.map(String))} and the sum ${total}, so that ${rest} is left for ${namesOf(found.map(({ place }) => place))}.`;
  const sure = found.filter(({ least, most }) => least === most);
  if (found.length === 1)
    return `${start} That is all there is: no mask hides what a sum says by itself. A sum of more people would.`;
  if (sure.length > 0)
    return `${start} ${possessive(namesOf(sure.map(({ place }) => place)))} number follows to the last digit.`;
  const told = found.filter(({ least, most }) => least > 0 || most < LARGEST_HIDDEN);
  if (held.numbers === 'small' && told.length > 0) {
    const ranges = told.map(({ place, least, most }) => `${NAMES[place]} ${least} to ${most}`);
    return `${start} Masks of at most ${SMALL_MASK} leave traces at the ends, and the sum sets limits: ${listed(ranges)}.`;
  }
  const splits = `how it is split, ${isAlone ? 'one cannot' : 'nobody can'} tell: every split fits the words equally well`;
  return observers.length === 0
    ? `${start} Each single word could hide any number whatever, with the same chance.`
    : `${start} But ${splits}.`;
}

/** The finding, as it stands. */
export function masksCaption(held: HeldMasks): string {
  const { leaver, people, numbers } = held;
  const total = totalOf(held);
  if (leaver) {
    const name = NAMES[leaver.person]!;
    const needed = piecesNeeded(people.length);
    const missing = needed - leaver.handedOver.length;
    if (total === undefined)
      return `${name} left before giving a word. The others’ words still hold ${possessive(name)} masks, so they add up to nothing that makes sense. ${capitalised(counted(missing, 'more piece'))} of those masks ${missing === 1 ? 'is' : 'are'} needed: each of you holds one, and fewer than ${countWord(needed)} say nothing.`;
    return `With ${countWord(leaver.handedOver.length)} pieces ${possessive(name)} masks are whole again, and taken off the sum: ${total} is what the ${countWord(people.length - 1)} who stayed have hidden. ${possessive(name)} own number never left, and is in no sum.`;
  }
  const pairs = held.masks.length;
  return numbers === 'words'
    ? `${capitalised(counted(pairs, 'mask'))} stand${pairs === 1 ? 's' : ''} in the table twice, once with each sign, and the sum is ${total}, turn them as you like. A full turn is 2³² = ${grouped(MODULUS).replaceAll('\u2009', '\u202f')}, and then it starts again at zero: a random turn added to any angle gives a random angle, and that is why nothing shows through.`
    : `${capitalised(counted(pairs, 'mask'))} cancel${pairs === 1 ? 's' : ''}, and the sum is ${total}. But a mask has to stop somewhere here, at ${SMALL_MASK}: a large word betrays that a large number may be under it. Words that wrap around have no ends.`;
}
