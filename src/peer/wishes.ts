/**
 * What this person wishes of the room, and agreed to: whom to leave out.
 *
 * A request lasts ten rounds. As long as the person keeps the wish, it is renewed; whoever agreed to it once
 * agrees to the renewal without being asked again.
 *
 * @module
 */
import type { PeerId } from '../ids.ts';
import { isUnanswered, nameOf } from '../round/leave-out.ts';
import type { RoundState } from '../round/round.ts';
import { ANYBODY } from '../round/roster.ts';

/** Wishes of one person, and of those it agrees with. */
export class Wishes {
  /** Peers that this person wants left out. */
  readonly unwanted = new Set<PeerId>();
  readonly #agreesWith: PeerId | typeof ANYBODY | undefined;
  /** Whoever asked, and whom to leave out. */
  readonly #agreed = new Set<string>();

  /** @param agreesWith - Requests of this peer need no person; '*': those of anybody. */
  constructor(agreesWith: PeerId | typeof ANYBODY | undefined) {
    this.#agreesWith = agreesWith;
  }

  /** Remembers an answer, for renewals. */
  note(state: RoundState, name: string, agrees: boolean): void {
    const request = state.requests.get(name)?.request;
    if (request === undefined) return;
    const wish = `${request.by} ${request.target}`;
    if (agrees) this.#agreed.add(wish);
    else this.#agreed.delete(wish);
  }

  /** Names of requests to agree to now, without asking a person. */
  settled({ requests, setting }: RoundState): readonly string[] {
    const { suite, signer } = setting;
    return [...requests.values()]
      .filter((open) => {
        const { by, target } = open.request;
        const isSettled =
          this.#agreesWith === ANYBODY ||
          this.#agreesWith === by ||
          this.#agreed.has(`${by} ${target}`);
        return isSettled && isUnanswered(open, signer.id);
      })
      .map((open) => nameOf(suite, open.request));
  }

  /** Peers whose ten rounds are over, and whom this person still wants left out. */
  expired({ requests, setting }: RoundState): readonly PeerId[] {
    const asked = [...requests.values()].filter(({ request }) => request.by === setting.signer.id);
    return [...this.unwanted].filter(
      (target) => !asked.some(({ request }) => request.target === target),
    );
  }
}
