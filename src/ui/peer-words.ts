/**
 * What the peer list says about each peer: its tag and what it is doing now.
 *
 * @module
 */
import type { AttemptView, PeerView, SessionView } from '../peer/view.ts';
import type { PeerId } from '../ids.ts';

/** Words for this peer's own row. */
export function ownDoing(view: SessionView): string {
  if (view.self.isLeftOut) return 'sits out the rounds';
  const inAttempt = view.attempt ? doingInAttempt(view.attempt, view.self.id) : undefined;
  if (inAttempt) return inAttempt;
  return view.learning && !view.learning.isRunning ? 'paused' : 'learning';
}

/** Words for the row of another peer. */
export function peerDoing(view: SessionView, peer: PeerView): string {
  if (peer.link === 'gone') return wasInAttempt(view, peer.id) ? 'left in the middle' : 'left';
  if (peer.link === 'linking') return 'joining: checking keys';
  if (peer.silentMs > 0) return `not answering for ${Math.round(peer.silentMs / 1000)} s`;
  if (peer.leftOut)
    return `left out until round ${peer.leftOut.untilRound}, asked by ${asker(view, peer.leftOut.by)}`;
  const inAttempt = view.attempt ? doingInAttempt(view.attempt, peer.id) : undefined;
  const doing = inAttempt ?? DOING[peer.doing];
  return peer.isHidden
    ? doing === 'learning'
      ? 'hidden tab, still learning'
      : `${doing}, hidden tab`
    : doing;
}

/** The tag beside a name: where that peer runs, when that is not simply a page somewhere. */
export function peerTag(peer: PeerView): string | undefined {
  return { tab: undefined, here: 'in this tab', program: 'no page' }[peer.kind];
}

/** "6 here, 15 links": how many take part, and how many pairs that makes when all are linked. */
export function peerCount(view: SessionView): string {
  const linked = view.peers.filter((peer) => peer.link === 'linked').length;
  if (linked === 0) return 'only you';
  return `${linked + 1} here, ${linked} ${linked === 1 ? 'link' : 'links'} of yours`;
}

/** The readings under "You": "Amara · 8 readings, 5 hot". */
export function readingWords(view: SessionView): string {
  const readings = view.learning?.readings ?? [];
  const hot = readings.filter((reading) => reading.isHot).length;
  if (readings.length === 0) return `${view.self.name} · no readings`;
  const count = readings.length === 1 ? '1 reading' : `${readings.length} readings`;
  return `${view.self.name} · ${count}, ${hot === 0 ? 'none' : hot} hot`;
}

const DOING: Record<PeerView['doing'], string> = {
  training: 'learning',
  ready: 'ready to merge',
  busy: 'busy',
  copying: 'copying the newest map',
  advertised: 'sent its keys',
  shared: 'passed on the pieces of its key',
  masked: 'sent its masked update',
  locked: 'signed',
  unmasked: 'opened its part',
  aborted: 'stopped this round',
  gone: 'left',
};

function doingInAttempt(attempt: AttemptView, id: PeerId): string | undefined {
  if (!attempt.roster.includes(id)) return undefined;
  if (attempt.aborted.includes(id)) return DOING.aborted;
  if (attempt.unmasked.includes(id)) return DOING.unmasked;
  if (attempt.locked.includes(id)) return DOING.locked;
  if (attempt.masked.includes(id)) return DOING.masked;
  if (attempt.shared.includes(id)) return DOING.shared;
  if (attempt.advertised.includes(id)) return DOING.advertised;
  return attempt.stage === 'gather' ? 'in the next round' : 'making its keys';
}

function wasInAttempt(view: SessionView, id: PeerId): boolean {
  return view.attempt?.gone.includes(id) === true || view.result?.dropped.includes(id) === true;
}

function asker(view: SessionView, id: PeerId): string {
  if (id === view.self.id) return 'you';
  return view.peers.find((peer) => peer.id === id)?.name ?? 'somebody';
}
