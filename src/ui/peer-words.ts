/**
 * What the peer list says about each peer: its tag and what it is doing now.
 *
 * @module
 */
import type { AttemptView, PeerView, SessionView } from '../peer/view.ts';
import type { PeerId } from '../ids.ts';
import { counted } from './words.ts';

/** Words for this peer's own row. */
export function ownDoing(view: SessionView): string {
  if (view.self.isLeftOut) return 'sits out the rounds';
  const inAttempt = view.attempt ? doingInAttempt(view.attempt, view.self.id) : undefined;
  if (inAttempt) return inAttempt;
  return (view.spam ?? view.learning)?.isRunning === false ? 'paused' : 'learning';
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

/** What stands behind the doing of a peer without a direct link: "through Bob". */
export function throughWords(view: SessionView, peer: PeerView): string | undefined {
  if (peer.link !== 'linked' || peer.via === undefined) return undefined;
  return `through ${nameIn(view, peer.via)}`;
}

/** What a row's details say about the link. */
export function linkWords(view: SessionView, peer: PeerView): string {
  if (peer.link === 'linked' && peer.via !== undefined) {
    return `no direct one: ${nameIn(view, peer.via)} passes sealed messages on and cannot read them`;
  }
  return { linked: 'direct, from tab to tab', linking: 'being made', gone: 'closed' }[peer.link];
}

/** The name of a line in the list. */
export function lineName(line: number, isOwn: boolean): string {
  if (line < 0) return isOwn ? 'You' : 'Waiting for a line';
  return isOwn ? `Your line (${line + 1})` : `Line ${line + 1}`;
}

/** Beside the name of a line in the list: who is in it, and what is not as it should be. */
export function lineWords(isOwn: boolean, peers: readonly PeerView[], unlinked: number): string {
  const here = peers.filter(({ link }) => link !== 'gone').length + (isOwn ? 1 : 0);
  const gone = peers.length - here + (isOwn ? 1 : 0);
  const parts = [here === 1 ? '1 peer' : `${here} peers`];
  if (gone > 0) parts.push(`${gone} left`);
  if (unlinked > 0) parts.push(`${unlinked} not linked`);
  return parts.join(', ');
}

/** Lines that are not listed one by one. */
export function foldedLineWords(lines: number): string {
  return `And ${counted(lines, 'line')} to which this tab has no link.`;
}

/** Members of a line of which this tab knows no more than that. */
export function unlinkedWords(unlinked: number): string {
  return unlinked === 1
    ? 'One more member is away, or has no link to this tab.'
    : `${unlinked} more members are away, or have no link to this tab.`;
}

/** "6 here, 15 links": how many take part, and how many pairs that makes when all are linked. */
export function peerCount(view: SessionView): string {
  const linked = view.peers.filter((peer) => peer.link === 'linked').length;
  if (linked === 0) return 'only you';
  const lines = view.grid === undefined ? '' : ` in ${counted(view.grid.lines.length, 'line')}`;
  return `${linked + 1} here${lines}, ${linked} ${linked === 1 ? 'link' : 'links'} of yours`;
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
  copying: 'copying the newest model',
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
  return id === view.self.id ? 'you' : nameIn(view, id);
}

function nameIn(view: SessionView, id: PeerId): string {
  return view.peers.find((peer) => peer.id === id)?.name ?? 'somebody';
}
