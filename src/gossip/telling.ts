/**
 * Telling news: each period, to a few linked peers, what was told least so far.
 *
 * A piece of news is told a number of times that grows with the logarithm of the room, and hearing it
 * again counts as telling it, so it dies out soon after everybody has it. Whoever it missed finds out
 * by comparing (`comparing.ts`).
 *
 * Demers et al.: Epidemic Algorithms for Replicated Database Maintenance, PODC 1987. SWIM, DSN 2002, section 4.1.
 *
 * @module
 */
import { GOSSIP_FANOUT, MAX_TELLING_BYTES, TELLINGS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import { countOf, send, type Rumour, type Turn } from './membership-state.ts';
import { encodeRumours, MAX_STATEMENTS } from './messages.ts';
import type { RandomWords } from './random-words.ts';

/** Tells some neighbours some news. */
export function tell(turn: Turn, random: RandomWords): void {
  const { state } = turn;
  const limit = Math.ceil(TELLINGS * Math.log2(countOf(state) + 1));
  for (const [key, { told }] of state.rumours) if (told >= limit) state.rumours.delete(key);
  if (state.rumours.size === 0) return;
  const queue = [...state.rumours.values()].sort((a, b) => a.told - b.told);
  for (const peer of random.some([...state.links.keys()], GOSSIP_FANOUT)) {
    tellOne(turn, peer, queue);
  }
}

function tellOne(turn: Turn, peer: PeerId, queue: readonly Rumour[]): void {
  const chosen = { hello: [] as Uint8Array[], suspicion: [] as Uint8Array[] };
  let bytes = 0;
  for (const rumour of queue) {
    const isRoom = bytes + rumour.bytes.length <= MAX_TELLING_BYTES;
    if (rumour.from === peer || !isRoom || chosen[rumour.kind].length >= MAX_STATEMENTS) continue;
    bytes += rumour.bytes.length;
    rumour.told++;
    chosen[rumour.kind].push(rumour.bytes);
  }
  if (bytes === 0) return;
  send(turn, [peer], encodeRumours({ hellos: chosen.hello, suspicions: chosen.suspicion }));
}
