/**
 * How a message reaches a peer that is linked in whatever way, and how nothing is lost when a direct link takes over.
 *
 * Messages of relayed links are kept in a stream. When a direct link opens, both sides say on it where their streams
 * stand, and what the other lacks is sent again before anything else.
 *
 * @module
 */
import type { PeerId } from '../ids.ts';
import type { Lane, Transport, TransportEvent } from '../ports.ts';
import { encodeCarry } from './carry-messages.ts';
import { newStream, type Contact } from './contacts.ts';
import type { Standing } from './stream.ts';

/** What a delivery needs and tells. */
export interface DeliveryOptions {
  /** Sends over direct links. */
  readonly direct: Pick<Transport, 'send'>;
  readonly tell: (event: TransportEvent) => void;
  /** More waits for a peer than may: called before `hand` returns. */
  readonly onOverflow: (peer: PeerId, contact: Contact) => void;
}

/** See the file's header. */
export class Delivery {
  readonly #options: DeliveryOptions;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Hands a message over, or keeps it until that can be. */
  hand(peer: PeerId, contact: Contact, message: Uint8Array, lane: Lane = 'control'): void {
    const { direct, onOverflow } = this.#options;
    if (contact.direct === 'linked' && !contact.isMoving) direct.send(peer, message, lane);
    else if (!contact.stream.push(message, lane)) onOverflow(peer, contact);
    else contact.way?.link.send(message, lane);
  }

  /** A direct link takes over from a relayed one. */
  move(peer: PeerId, contact: Contact): void {
    contact.isMoving = true;
    this.#sendMoved(peer, contact);
    this.#options.tell({ type: 'rerouted', peer });
  }

  /** The other side may have had no relayed link, or another life: then it says so, and nothing goes on. */
  onMoved(peer: PeerId, contact: Contact, theirs: Standing): void {
    if (!contact.isMoving) {
      if (!contact.hasSaidMoved) this.#sendMoved(peer, contact);
      return;
    }
    contact.isMoving = false;
    const { stream } = contact;
    const { direct, tell } = this.#options;
    if (!stream.resume(theirs)) tell({ type: 'linked', peer });
    for (const { message, lane } of stream.kept) direct.send(peer, message, lane);
    contact.stream = newStream();
  }

  #sendMoved(peer: PeerId, contact: Contact): void {
    contact.hasSaidMoved = true;
    const { standing } = contact.stream;
    this.#options.direct.send(peer, encodeCarry({ type: 'moved', standing }));
  }
}
