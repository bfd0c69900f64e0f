/**
 * Sentences about parts of the view: what the maps show, and what the server knows.
 *
 * The findings are labels: numbers in them take an ordinary space before the percent sign.
 *
 * @module
 */
import type { LearningView, LeaveOutRequestView, SessionView } from '../peer/view.ts';
import { nameOf } from './headline.ts';
import { capitalised, countWord, percentLabel } from './words.ts';

/** The finding of the own map. */
export function ownFinding(learning: LearningView): string {
  const count = learning.readings.length;
  const readings = count === 1 ? '1 reading' : `${count} readings`;
  if (!learning.local) return `Your heat-map: nothing learned yet, ${readings}`;
  return `Your heat-map after ${learning.step} steps, ${percentLabel(learning.local.accuracy)} of the map right, ${readings}`;
}

/** The finding of the federation's map. */
export function federationFinding(learning: LearningView): string {
  const map = learning.federation;
  if (!map) return 'Federation heat-map: none yet';
  return `Federation heat-map after round ${map.at}, ${percentLabel(map.accuracy)} of the map right`;
}

/** Under the title of the federation: which round its map is from, and who has it. */
export function federationWords(view: SessionView): string {
  const map = view.learning?.federation;
  if (!map) return 'Nothing yet';
  const result = view.result;
  if (result?.round !== map.at) return `After round ${map.at}`;
  if (result.isCopied) return `After round ${map.at} · copied from the others`;
  const count = result.included.length;
  return `After round ${map.at} · one map from ${countWord(count)}`;
}

/** A question to this person: who asks to leave whom out, for how long, and what follows. */
export function requestWords(view: SessionView, request: LeaveOutRequestView): string {
  const agreeing = request.agreeing.length;
  return `${capitalised(nameOf(view, request.by))} asks to leave ${nameOf(view, request.target)} out until round ${request.untilRound}. ${capitalised(countWord(agreeing))} ${agreeing === 1 ? 'agrees' : 'agree'} so far; more than half of the room must. The difference between the sums before and after will show.`;
}

/** What the server that introduces peers is doing, and what it has seen. */
export function serverWords(view: SessionView): string {
  if (view.server === 'connecting') return 'Introductions: calling the server.';
  if (view.server === 'away')
    return 'Introductions: the server is away. Links stay; newcomers must wait.';
  return view.peers.length === 0
    ? 'Introductions: connected. The server knows that one tab is here, and no more.'
    : `Introductions: connected. The server has introduced the tabs to each other; it has seen no ${view.spam ? 'message' : 'reading'}, no update and no key.`;
}
