/**
 * What the header of `src/gossip/membership.ts` promises, looked at after each step.
 *
 * @module
 */
import {
  INDEPENDENT_SUSPICIONS,
  MAX_ERRANDS,
  MAX_KNOWN_PEERS,
  MAX_LINKS,
  MAX_RUMOURS,
} from '../../src/config.ts';
import { isHelloGenuine, markOf } from '../../src/gossip/hello.ts';
import type { MembershipState } from '../../src/gossip/index.ts';
import { MAX_PROBES } from '../../src/gossip/membership-state.ts';
import { isSuspicionGenuine } from '../../src/gossip/suspicion.ts';
import type { PeerId } from '../../src/ids.ts';

/** Looks at one peer's view over time. */
export class Invariants {
  /** What was broken, in words; empty while all is well. */
  readonly broken: string[] = [];
  readonly #incarnations = new Map<PeerId, number>();

  /** Looks at the view after a step. `isThorough` looks at every member and at the sums. */
  look(state: MembershipState, isThorough: boolean): void {
    const { members, links, rumours, probes, errands, suspects, gone } = state;
    this.#expect(members.size <= MAX_KNOWN_PEERS, 'too many members');
    this.#expect(links.size <= MAX_LINKS, 'too many links');
    this.#expect(rumours.size <= MAX_RUMOURS, 'too many rumours');
    this.#expect(probes.size <= MAX_PROBES, 'too many probes');
    this.#expect(errands.size <= MAX_ERRANDS, 'too many errands');
    if (!isThorough) return;
    this.#expect(members.size === state.byTag.size, 'a tag too many or too few');
    this.#expect(!members.has(state.setting.signer.id), 'it is a member of its own view');
    const sums = new Uint32Array(state.sums.length);
    for (const [peer, member] of members) {
      const { hello, suspicions, group } = member;
      const isGone = member.state === 'dead' || member.state === 'left';
      this.#expect(gone.has(peer) === isGone, `${member.state} among the gone`);
      this.#expect(suspects.has(peer) === (member.state === 'suspect'), 'suspects differ');
      this.#expect(suspicions.size <= INDEPENDENT_SUSPICIONS, 'too many suspicions');
      this.#expect(hello.isLeaving === (member.state === 'left'), 'left without a goodbye');
      const before = this.#incarnations.get(peer) ?? 0;
      this.#expect(hello.incarnation >= before, 'an incarnation went down');
      this.#incarnations.set(peer, hello.incarnation);
      if (isGone) continue;
      const [high, low] = markOf(hello);
      sums[2 * group]! ^= high;
      sums[2 * group + 1]! ^= low ^ (suspicions.size > 0 ? 0xffffffff : 0);
    }
    this.#expect(
      sums.every((word, i) => word === state.sums[i]),
      'the sums are wrong',
    );
  }

  /** Whether everything that is kept is signed by whom it speaks for. */
  lookAtSignatures(state: MembershipState): void {
    const { suite } = state.setting;
    for (const { hello, suspicions } of state.members.values()) {
      this.#expect(isHelloGenuine(suite, hello), 'a hello nobody signed');
      for (const suspicion of suspicions.values()) {
        this.#expect(isSuspicionGenuine(suite, suspicion), 'a suspicion nobody signed');
        this.#expect(suspicion.incarnation === hello.incarnation, 'a suspicion of an old hello');
      }
    }
  }

  #expect(isTrue: boolean, otherwise: string): void {
    if (!isTrue && this.broken.length < 20) this.broken.push(otherwise);
  }
}
