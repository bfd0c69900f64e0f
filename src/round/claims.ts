/**
 * Claims: whom a sum includes, where one member stands in for many.
 *
 * Two words of 16 bits for each line: its place in the grid, and which of its members are in. A stand-in
 * advertises the claim of what it brings, so that the claim enters every key; the result of a level
 * carries the claims of those who are in it, one after the other. At the top they name everybody.
 *
 * @module
 */
import { concat } from '../bytes.ts';
import type { Grid } from '../gossip/index.ts';
import type { PeerId } from '../ids.ts';
import { countOf, has, type Members } from '../secagg/index.ts';

const BYTES_PER_LINE = 4;

/** The claim of a line: `included` are peers of it. */
export function claimOfLine(grid: Grid, line: number, included: readonly PeerId[]): Uint8Array {
  const members = grid.lines[line]!.reduce<Members>(
    (bits, peer, place) => (included.includes(peer) ? bits | (1 << place) : bits),
    0,
  );
  const claim = new Uint8Array(BYTES_PER_LINE);
  const view = new DataView(claim.buffer);
  view.setUint16(0, line);
  view.setUint16(2, members);
  return claim;
}

/** Several claims as one, lines ascending. */
export function joinClaims(claims: readonly Uint8Array[]): Uint8Array {
  const lines = claims.flatMap((claim) => linesOfClaim(claim).map((_, at) => part(claim, at)));
  return concat(...lines.sort((a, b) => lineAt(a) - lineAt(b)));
}

/** Lines of a claim, and who of each is in. */
export function linesOfClaim(
  claim: Uint8Array,
): readonly { readonly line: number; readonly members: Members }[] {
  const view = new DataView(claim.buffer, claim.byteOffset, claim.length);
  return Array.from({ length: Math.floor(claim.length / BYTES_PER_LINE) }, (_, at) => ({
    line: view.getUint16(BYTES_PER_LINE * at),
    members: view.getUint16(BYTES_PER_LINE * at + 2),
  }));
}

/** How many a claim includes. */
export function countOfClaim(claim: Uint8Array): number {
  return linesOfClaim(claim).reduce((count, { members }) => count + countOf(members), 0);
}

/** Whether a claim is one of these lines, each once, with members that they have. */
export function isClaimOf(grid: Grid, claim: Uint8Array, lines: readonly number[]): boolean {
  if (claim.length === 0 || claim.length % BYTES_PER_LINE !== 0) return false;
  let before = -1;
  return linesOfClaim(claim).every(({ line, members }) => {
    const isNew = line > before;
    before = line;
    const size = grid.lines[line]?.length ?? 0;
    return isNew && lines.includes(line) && members > 0 && members < 2 ** size;
  });
}

/** The peers that a claim includes, ascending. */
export function peersOfClaim(grid: Grid, claim: Uint8Array): readonly PeerId[] {
  return linesOfClaim(claim)
    .flatMap(({ line, members }) =>
      (grid.lines[line] ?? []).filter((_, place) => has(members, place)),
    )
    .sort();
}

function part(claim: Uint8Array, at: number): Uint8Array {
  return claim.subarray(BYTES_PER_LINE * at, BYTES_PER_LINE * (at + 1));
}

function lineAt(claim: Uint8Array): number {
  return (claim[0]! << 8) | claim[1]!;
}
