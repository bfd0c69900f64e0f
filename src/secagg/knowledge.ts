/**
 * What a member knows of the others in an attempt: who is here, whose words it holds, who said what.
 *
 * Questions to the state; nothing here changes it.
 *
 * @module
 */
import { equalBytes, toHex } from '../bytes.ts';
import type { PeerId } from '../ids.ts';
import type { AttemptState } from './attempt.ts';
import { everybody, has, NOBODY, only, placesOf, type Members } from './members.ts';

/** How many the attempt began with. */
export function rosterSize(state: AttemptState): number {
  return state.setting.proposal.roster.length;
}

/** The place of a peer in the roster; -1 for one that is not in it. */
export function placeOf(state: AttemptState, peer: PeerId): number {
  return state.setting.proposal.roster.indexOf(peer);
}

/** The ids of some members, in order of places. */
export function idsOf(state: AttemptState, members: Members): readonly PeerId[] {
  return placesOf(members).map((place) => state.setting.proposal.roster[place]!);
}

/** Everybody in the roster but this member. */
export function others(state: AttemptState): readonly PeerId[] {
  return state.setting.proposal.roster.filter((_, place) => place !== state.setting.self);
}

/** Whether the room guards against members that lie (active mode). */
export function isActive(state: AttemptState): boolean {
  return state.setting.proposal.parameters.mode === 'active';
}

/** Whether nothing of this member is masked yet, so that stopping costs nothing. */
export function isFree({ phase }: AttemptState): boolean {
  return phase === 'advertise' || phase === 'share' || phase === 'storing';
}

/** Members that have neither left nor aborted; this one included until it aborts. */
export function liveOf(state: AttemptState): Members {
  return everybody(rosterSize(state)) & ~state.gone & ~state.aborted;
}

/** Members whose contribution is here; where its words are scattered, the digest that it signed. */
export function heldOf(state: AttemptState): Members {
  const known = state.scatter === undefined ? state.masked : state.digests;
  return known.reduce<Members>(
    (members, value, place) => (value === undefined ? members : members | only(place)),
    NOBODY,
  );
}

/** Members whose LOCK is here. */
export function lockersOf(state: AttemptState): Members {
  return state.locks.reduce<Members>(
    (members, lock, place) => (lock === undefined ? members : members | only(place)),
    NOBODY,
  );
}

/** The others of whom a list, by place, has no entry yet. */
export function lacking(state: AttemptState, known: readonly unknown[]): Members {
  return (
    known.reduce<Members>(
      (members, value, place) => (value === undefined ? members | only(place) : members),
      NOBODY,
    ) & ~only(state.setting.self)
  );
}

/**
 * Members whose contribution a threshold of members hold, with one digest: they sent it, whatever a
 * few others say, so being left out of the sum is no fault of theirs.
 */
export function widelyHeld(state: AttemptState): Members {
  const { proposal, threshold } = state.setting;
  const holders = new Map<string, number>();
  for (const report of state.haves) {
    for (const [i, place] of placesOf(report?.members ?? NOBODY).entries()) {
      const name = `${place} ${toHex(report!.digests[i] ?? new Uint8Array())}`;
      holders.set(name, (holders.get(name) ?? 0) + 1);
    }
  }
  const most = (place: number): number =>
    Math.max(0, ...[...holders].map(([name, count]) => (name.startsWith(`${place} `) ? count : 0)));
  return proposal.roster.reduce<Members>(
    (members, _, place) => (most(place) >= threshold ? members | only(place) : members),
    NOBODY,
  );
}

/**
 * Members whose contribution each of `reporters` that sent HAVE holds, with one digest; where words are
 * scattered, also every owner of a chunk that has said whose words it holds.
 */
export function commonlyHeld(state: AttemptState, reporters: Members): Members {
  const { scatter } = state;
  const held = heldOf(state);
  const owned =
    scatter?.reports.reduce((all, row, chunk) => all & (row[ownerOf(state, chunk)] ?? all), held) ??
    held;
  const reports = placesOf(reporters).flatMap((place) => state.haves[place] ?? []);
  return reports.reduce((common, { members, digests }) => {
    const compared = digests.length === 0 ? [] : placesOf(members);
    return compared.reduce((left, place, i) => {
      const own = state.digests[place];
      return own === undefined || equalBytes(own, digests[i]!) ? left : left & ~only(place);
    }, common & members);
  }, owned);
}

/**
 * The member that sums a chunk: its first owner, or once that has left, the next one that is here in the
 * order of leading; -1 when nobody is. Owners without a share of their own come last.
 */
export function ownerOf(state: AttemptState, chunk: number): number {
  const { chunks, leaders, proposal } = state.setting;
  const { owner } = chunks![chunk]!;
  const live = liveOf(state);
  if (has(live, owner)) return owner;
  const start = leaders.indexOf(owner);
  const heirs = [...leaders.slice(start), ...leaders.slice(0, start)].filter((p) => has(live, p));
  return heirs.find((place) => proposal.split!.shares[place]! > 0) ?? heirs[0] ?? -1;
}

/** Members whose words of a chunk are all here, and are those that their contributor signed for. */
export function holdersOf(state: AttemptState, chunk: number): Members {
  const { words, hashes, own } = state.scatter!;
  const { self } = state.setting;
  return words[chunk]!.reduce<Members>(
    (members, held, place) => {
      const signed = hashes[place]?.[chunk];
      const isHeld =
        held?.hash !== undefined && signed !== undefined && equalBytes(held.hash, signed);
      return isHeld ? members | only(place) : members;
    },
    own === undefined ? NOBODY : only(self),
  );
}
