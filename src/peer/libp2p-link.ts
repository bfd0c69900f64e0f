/**
 * One libp2p stream to one peer: the proof of membership, and what is particular to a stream.
 *
 * The frames are those of `framing.ts`, each behind its length, since a stream keeps no boundaries. Before
 * them come a challenge and a proof from each side (`libp2p-proof.ts`); only then is the link open. From there on it
 * lives as every link does (`framed-link.ts`), and takes its connection with it when it ends.
 *
 * @module
 */
import type { Connection, Stream } from '@libp2p/interface';
import { FRAME_BYTES } from '../config.ts';
import { ProtocolViolation } from '../errors.ts';
import type { PeerId } from '../ids.ts';
import { FramedLink, type LinkEvents } from './framed-link.ts';
import { hangUpSilently } from './libp2p-hang-up.ts';
import { CHALLENGE_BYTES, incarnationOf } from './libp2p-proof.ts';
import { recordOf, RecordReader } from './records.ts';

/** What a link needs and tells. */
export interface StreamLinkOptions extends LinkEvents {
  readonly peer: PeerId;
  readonly stream: Stream;
  readonly connection: Connection;
  /** This side opened the stream. */
  readonly isDialler: boolean;
  /** This side's challenge, 32 bytes, for this stream only. */
  readonly challenge: Uint8Array;
  /** This side's proof, given the other's challenge: 64 bytes. */
  prove(theirs: Uint8Array): Uint8Array;
  /** Whether the other side's proof is right. */
  check(theirs: Uint8Array, proof: Uint8Array): boolean;
}

/** The longest frame of `framing.ts`: a full part behind its header. */
const MAX_RECORD_BYTES = FRAME_BYTES + 16;

/** See the file's header. */
export class StreamLink extends FramedLink {
  readonly #options: StreamLinkOptions;
  readonly #reader = new RecordReader(MAX_RECORD_BYTES);
  #theirs: Uint8Array | undefined;

  constructor(options: StreamLinkOptions) {
    super(options, { receiptDelayMs: 0, saysByeOnce: 'open' });
    this.#options = options;
    const { stream } = options;
    stream.addEventListener('message', ({ data }) => {
      this.guard(() => {
        this.#take(data instanceof Uint8Array ? data : data.subarray());
      });
    });
    for (const end of ['remoteCloseWrite', 'close'] as const) {
      stream.addEventListener(end, () => this.lose());
    }
  }

  /** Begins the proofs. A stream may end while the first bytes are handed to it: `onClosed` then comes at once. */
  start(): void {
    this.transmitIfOpen(this.#options.challenge);
  }

  get peer(): PeerId {
    return this.#options.peer;
  }

  get isDialler(): boolean {
    return this.#options.isDialler;
  }

  /** Which life of the other side's program it leads to; known once it is open. */
  get incarnation(): Uint8Array {
    return incarnationOf(this.#theirs ?? new Uint8Array(CHALLENGE_BYTES));
  }

  protected override transmit(frame: Uint8Array): void {
    this.#options.stream.send(recordOf(frame));
  }

  protected override isClosing(): boolean {
    return this.#options.stream.status !== 'open';
  }

  protected override checks(signature: Uint8Array): boolean {
    return this.#theirs !== undefined && this.#options.check(this.#theirs, signature);
  }

  protected override hangUp(): void {
    hangUpSilently(this.#options.connection, 'The link is over.');
  }

  #take(bytes: Uint8Array): void {
    this.#reader.take(bytes, (frame) => {
      if (this.isClosed) return;
      if (this.#theirs === undefined) this.#answer(frame);
      else this.receive(frame);
    });
  }

  #answer(challenge: Uint8Array): void {
    if (challenge.length !== CHALLENGE_BYTES) {
      throw new ProtocolViolation('A peer speaks before its challenge.');
    }
    this.#theirs = challenge;
    this.prove(this.#options.prove(challenge));
  }
}
