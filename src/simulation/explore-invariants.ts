/**
 * What must hold in every world of one attempt, whoever runs it and in whatever order.
 *
 * Each member's *facts* are what it has sent and how it ended, taken from the messages themselves
 * and not from its state. They only grow.
 *
 * @module
 */
import type { PeerId } from '../ids.ts';
import {
  has,
  placesOf,
  type AttemptOutcome,
  type AttemptState,
  type Members,
  type ReceivedMessage,
} from '../secagg/index.ts';
import { toHex } from '../bytes.ts';

/** What one member has done. */
export interface Facts {
  /** Survivors and digest of each LOCK sent. */
  readonly locks: readonly string[];
  readonly hasAborted: boolean;
  readonly hasMasked: boolean;
  /** Members whose self seed, or a share of it, was sent. */
  readonly seedsOf: Members;
  /** Members whose mask key, or a share of it, was sent. */
  readonly keysOf: Members;
  /** The certificate at the first reveal, in the form of `locks`; empty when there was none. */
  readonly reveals: readonly string[];
  readonly outcomes: readonly AttemptOutcome[];
  /** What this member accused an honest one of. */
  readonly accused: string | undefined;
}

/** Before anything was sent. */
export const NO_FACTS: Facts = {
  locks: [],
  hasAborted: false,
  hasMasked: false,
  seedsOf: 0,
  keysOf: 0,
  reveals: [],
  outcomes: [],
  accused: undefined,
};

/** What the attempt is about. */
export interface Rules {
  readonly roster: readonly PeerId[];
  readonly updates: readonly Uint32Array[];
  readonly threshold: number;
  readonly minimum: number;
}

/** The facts after one more message left the member. `state` is the member's own, after the step. */
export function addSent(
  facts: Facts,
  content: ReceivedMessage['content'],
  state: AttemptState,
): Facts {
  switch (content.type) {
    case 'lock':
      return { ...facts, locks: [...facts.locks, lockName(content.members, content.digest)] };
    case 'abort':
      return { ...facts, hasAborted: true };
    case 'masked':
    case 'digests':
      return { ...facts, hasMasked: true };
    case 'unmask': {
      const { certificate } = state;
      const name =
        certificate === undefined ? 'none' : lockName(certificate.members, certificate.digest);
      return {
        ...facts,
        seedsOf: [...content.seeds, ...content.seedShares].reduce(withMember, facts.seedsOf),
        keysOf: [...content.keys, ...content.keyShares].reduce(withMember, facts.keysOf),
        reveals: facts.reveals.includes(name) ? facts.reveals : [...facts.reveals, name],
      };
    }
    default:
      return facts;
  }
}

/** The first invariant that these members' facts break together, in words. */
export function brokenInvariant(members: readonly Facts[], rules: Rules): string | undefined {
  let seedsOf: Members = 0;
  let keysOf: Members = 0;
  const certificates = new Set<string>();
  const results = new Set<string>();
  for (const [place, facts] of members.entries()) {
    const who = `member ${place}`;
    if (facts.locks.length > 1) return `${who} sent two LOCKs`;
    if (facts.locks.length > 0 && facts.hasAborted) return `${who} sent LOCK and ABORT`;
    if (facts.outcomes.length > 1) return `${who} ended twice`;
    if (facts.accused !== undefined) return `${who} accuses an honest member: ${facts.accused}`;
    seedsOf |= facts.seedsOf;
    keysOf |= facts.keysOf;
    for (const name of facts.reveals) {
      certificates.add(name);
      const signers = members.filter(({ locks }) => locks.includes(name)).length;
      if (signers < rules.threshold) return `${who} revealed with ${signers} LOCKs`;
      const survivors = Number(name.split(' ')[0]);
      if ((facts.seedsOf & ~survivors) !== 0) return `${who} opened a seed of no survivor`;
      if ((facts.keysOf & survivors) !== 0) return `${who} opened the key of a survivor`;
      if (placesOf(survivors).length < rules.minimum) return `${who} certified too few survivors`;
    }
    const [outcome] = facts.outcomes;
    if (outcome?.type === 'result') {
      results.add(`${outcome.included.join()} ${outcome.words.join()}`);
      const text = wrongResult(outcome, members, rules);
      if (text !== undefined) return `${who} ${text}`;
    }
  }
  if ((seedsOf & keysOf) !== 0) return 'both secrets of one member were opened';
  if (certificates.size > 1) return 'two certificates differ';
  if (results.size > 1) return 'two results differ';
  return undefined;
}

/** What is wrong with an end: a member that is still here and never said how it ended. */
export function unfinished(members: readonly Facts[], vanished: number): string | undefined {
  const place = members.findIndex((facts, i) => i !== vanished && facts.outcomes.length === 0);
  return place < 0 ? undefined : `member ${place} never ends`;
}

/** How a member ended, in a word or two. */
export function outcomeName({ outcomes }: Facts): string {
  const [outcome] = outcomes;
  if (outcome?.type !== 'failed') return outcome?.type ?? 'nothing';
  return `${outcome.reason}${outcome.isSpent ? '' : '-free'}`;
}

function wrongResult(
  outcome: AttemptOutcome & { type: 'result' },
  members: readonly Facts[],
  { roster, updates, minimum }: Rules,
): string | undefined {
  const places = outcome.included.map((peer) => roster.indexOf(peer));
  if (places.length < minimum) return `has a result of ${places.length} members`;
  const sum = updates[0]!.map((_, word) =>
    places.reduce((total, place) => (total + updates[place]![word]!) >>> 0, 0),
  );
  if (sum.join() !== outcome.words.join()) return 'has a wrong sum';
  for (const place of places) {
    const { hasMasked, outcomes } = members[place]!;
    if (!hasMasked) return `has a sum with member ${place}, who sent nothing`;
    const [other] = outcomes;
    if (other?.type === 'failed' && !other.isSpent) {
      return `has a result with member ${place}, who takes its contribution for unspent`;
    }
  }
  return undefined;
}

function lockName(members: Members, digest: Uint8Array): string {
  return `${members} ${toHex(digest)}`;
}

function withMember(members: Members, { member }: { readonly member: number }): Members {
  return has(members, member) ? members : members | (1 << member);
}
