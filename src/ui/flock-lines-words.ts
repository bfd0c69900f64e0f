/**
 * What is said of a line and of its members: on its label, to who cannot see it, and in the list.
 *
 * @module
 */
import type { Bird, Members } from './flock-members.ts';
import { counted, countWord } from './words.ts';

/** The label under a ring, such as "line 3 · 11 peers", or "line 3 · 9 of 11" when some are away. */
export function lineLabel(
  line: number,
  members: readonly Bird[],
  isIncluded: boolean | undefined,
): string {
  if (line < 0) return `${members.length} waiting`;
  if (isIncluded === false) return `line ${line + 1} · not summed`;
  const here = presentIn(members);
  // Of a line that one knows through one or two of it, the links say nothing about who is there.
  const isKnown = 2 * here >= members.length && here < members.length;
  const count = isKnown ? `${here} of ${members.length}` : `${members.length} peers`;
  return `line ${line + 1} · ${count}`;
}

/** The label of the line that this tab is in. */
export function ownLineLabel(line: number, members: readonly Bird[]): string {
  if (line < 0) return 'You wait for the next lines';
  const here = presentIn(members);
  const count =
    here === members.length ? `${here} peers` : `${here} of ${members.length} peers here`;
  return `Your line (${line + 1}) · ${count}`;
}

/** A line in a sentence. */
export function lineSentence(
  line: number,
  members: readonly Bird[],
  isOwn: boolean,
  isIncluded: boolean | undefined,
): string {
  if (line < 0)
    return isOwn
      ? 'You: waiting for the next lines'
      : `${counted(members.length, 'peer')} waiting for the next lines`;
  const here = presentIn(members);
  const whole = `${isOwn ? 'Your line, line' : 'Line'} ${line + 1}: ${counted(members.length, 'peer')}`;
  const away = here === members.length ? '' : `, ${countWord(here)} of them linked to you`;
  return `${whole}${away}${isIncluded === false ? ', not in the newest sum' : ''}`;
}

/** A member in a sentence. */
export function memberSentence(bird: Bird, line: number, isOwn: boolean): string {
  const name = bird.name === '' ? 'A peer without a link to you' : bird.name;
  const where = line < 0 ? 'waiting' : isOwn ? 'your line' : `line ${line + 1}`;
  const doing = bird.name === '' || bird.note === '' ? '' : `, ${bird.note}`;
  return `${name}, ${where}${doing}${bird.via === undefined ? '' : ', reached through another peer'}`;
}

/** How many of a line this tab is linked to, itself included. */
export function presentIn(members: readonly Bird[]): number {
  return members.filter(({ state }) => state !== 'gone' && state !== 'unlinked').length;
}

/** What is not drawn, such as "and 505 more lines, 4041 peers". */
export function foldedWords({ folded }: Members): string {
  return `and ${counted(folded.lines, 'more line')}, ${counted(folded.peers, 'peer')}`;
}
