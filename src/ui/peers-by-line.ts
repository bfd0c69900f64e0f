/**
 * The peers of a large room by line: the own line first, those who wait for the next epoch last.
 *
 * @module
 */
import type { PeerView, SessionView } from '../peer/view.ts';

/** Peers of one line. */
export interface PeersOfLine {
  /** Place in `grid.lines`; -1: in none, until lines are drawn anew. */
  readonly line: number;
  /** Those that this tab knows, itself not among them, in the order of the view. */
  readonly peers: readonly PeerView[];
  /** Members that it has no link to, or that are away. */
  readonly unlinked: number;
}

/** In rooms of more lines, those without a link to this tab are only counted. */
const MAX_LISTED_LINES = 12;

/** The groups of a view with lines; each peer is in exactly one. */
export function peersByLine(view: SessionView): {
  readonly groups: readonly PeersOfLine[];
  readonly foldedLines: number;
} {
  const lines = view.grid?.lines ?? [];
  const lineOf = new Map(lines.flatMap((ids, line) => ids.map((id) => [id, line] as const)));
  const groups = new Map<number, PeerView[]>(lines.map((_, line) => [line, []]));
  const isWaiting = view.grid?.ownLine === -1;
  if (isWaiting) groups.set(-1, []);
  for (const peer of view.peers) {
    const line = lineOf.get(peer.id) ?? -1;
    const group = groups.get(line);
    if (group === undefined) groups.set(line, [peer]);
    else group.push(peer);
  }
  const own = view.grid?.ownLine ?? -1;
  const rank = (line: number): number => (line === own ? -1 : line < 0 ? lines.length : line);
  const isListed = ({ line, peers }: PeersOfLine): boolean =>
    lines.length <= MAX_LISTED_LINES || peers.length > 0 || line === own;
  const all = [...groups]
    .map(([line, peers]): PeersOfLine => {
      const size = (lines[line]?.length ?? peers.length) - (line === own && line >= 0 ? 1 : 0);
      return { line, peers, unlinked: Math.max(0, size - peers.length) };
    })
    .sort((a, b) => rank(a.line) - rank(b.line));
  const listed = all.filter(isListed);
  return { groups: listed, foldedLines: all.length - listed.length };
}
