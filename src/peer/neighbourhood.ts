/**
 * What a peer does for and with its neighbours: it passes on pieces for them (`carrier.ts`), tells them whom it is
 * linked to, and hears it from them (`neighbours.ts`).
 *
 * @module
 */
import { MAX_LINKS, NEIGHBOURS_WAIT_MS } from '../config.ts';
import { compareIds, type PeerId } from '../ids.ts';
import type { Transport } from '../ports.ts';
import { carrierDeadline, createCarrier, stepCarrier, type CarrierEvent } from './carrier.ts';
import { encodeCarry, type CarryMessage } from './carry-messages.ts';
import { isLinked, type Contacts } from './contacts.ts';
import type { Delivery } from './delivery.ts';
import { Neighbours } from './neighbours.ts';
import type { TransportLife } from './transport-life.ts';

/** What it needs and tells. */
export interface NeighbourhoodOptions {
  readonly life: TransportLife;
  readonly contacts: Contacts;
  readonly delivery: Delivery;
  /** Sends over direct links. */
  readonly direct: Pick<Transport, 'send'>;
  /** The time at which the carrier wants a `tick` may have changed. */
  readonly onDeadline: () => void;
}

/** See the file's header. */
export class Neighbourhood {
  readonly neighbours = new Neighbours();
  readonly #options: NeighbourhoodOptions;
  readonly #carrier = createCarrier(performance.now());
  #announcing: ReturnType<typeof setTimeout> | undefined;
  #hasAnnounced = false;

  constructor(options: NeighbourhoodOptions) {
    this.#options = options;
  }

  /** When the carrier wants a `tick`, ms; Infinity while nothing waits. */
  get deadline(): number {
    return carrierDeadline(this.#carrier);
  }

  /** Says something to a neighbour, directly linked or not. Nothing is said to a peer without a link. */
  say(peer: PeerId, message: CarryMessage): void {
    const { contacts, delivery } = this.#options;
    const contact = contacts.find(peer);
    if (contact && isLinked(contact)) delivery.hand(peer, contact, encodeCarry(message));
  }

  /** One step of the carrier. */
  carry(event: CarrierEvent): void {
    const [, effects] = stepCarrier(this.#carrier, event);
    for (const { to, message } of effects) this.say(to, message);
    if (event.type === 'taken') this.#options.onDeadline();
  }

  /** Tells the neighbours who is one, a little later: links often come and go together. */
  announceSoon(): void {
    if (this.#options.life.isClosed) return;
    this.#announcing ??= setTimeout(() => {
      this.#announcing = undefined;
      const { direct } = this.neighbours;
      // Two alone have nobody to speak of.
      if (direct.length < 2 && !this.#hasAnnounced) return;
      this.#hasAnnounced = true;
      const relayed = [...this.#options.contacts.all]
        .filter(([, { way }]) => way?.between === 1)
        .map(([peer]) => peer)
        .sort(compareIds);
      const message = encodeCarry({
        type: 'neighbours',
        direct: direct.slice(0, MAX_LINKS),
        relayed: relayed.slice(0, MAX_LINKS),
      });
      for (const peer of direct) this.#options.direct.send(peer, message);
    }, NEIGHBOURS_WAIT_MS);
  }

  end(): void {
    clearTimeout(this.#announcing);
  }
}
