/**
 * One libp2p stream to one peer: the proof of membership, framing, heartbeat, and the end of it.
 *
 * The frames are those of `framing.ts`, each behind its length, since a stream keeps no boundaries. Before
 * them come a challenge and a proof from each side (`libp2p-proof.ts`); only then is the link open. A link ends
 * once, and takes its connection with it.
 *
 * @module
 */
import type { Connection, Stream } from '@libp2p/interface';
import { FRAME_BYTES, LINK_OPEN_TIMEOUT_MS, PING_TIMEOUT_MS } from '../config.ts';
import { ProtocolViolation } from '../errors.ts';
import type { PeerId } from '../ids.ts';
import type { Lane, UnlinkReason } from '../ports.ts';
import {
  Assembler,
  byeFrame,
  FrameSender,
  helloFrame,
  pingFrame,
  pongFrame,
  type Goodbye,
} from './framing.ts';
import { CHALLENGE_BYTES, incarnationOf } from './libp2p-proof.ts';
import { aliveAt, beat, heard, suspect, type Liveness } from './liveness.ts';
import { recordOf, RecordReader } from './records.ts';
import { Receipts, WindowedChannel } from './window.ts';

/** What a link needs and tells. Nothing is told after `onClosed`. */
export interface StreamLinkOptions {
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
  onOpen(): void;
  onMessage(message: Uint8Array): void;
  /** `goodbye`: what the other side said last, if it did. */
  onClosed(reason: UnlinkReason, goodbye: Goodbye | undefined): void;
}

/** The longest frame of `framing.ts`: a full part behind its header. */
const MAX_RECORD_BYTES = FRAME_BYTES + 16;

/** See the file's header. */
export class StreamLink {
  readonly #options: StreamLinkOptions;
  readonly #reader = new RecordReader(MAX_RECORD_BYTES);
  readonly #assembler = new Assembler();
  readonly #window = new WindowedChannel((frame) => {
    this.#options.stream.send(recordOf(frame));
  });
  readonly #sender = new FrameSender(this.#window);
  readonly #receipts = new Receipts();
  readonly #openTimer: ReturnType<typeof setTimeout>;
  #lingerTimer: ReturnType<typeof setTimeout> | undefined;
  #state: 'proving' | 'open' | 'closed' = 'proving';
  #theirs: Uint8Array | undefined;
  #openedAt = 0;
  #isFinishing = false;
  #hasSaidBye = false;
  #liveness: Liveness = aliveAt(performance.now());
  readonly #whenEnded: (() => void)[] = [];

  constructor(options: StreamLinkOptions) {
    this.#options = options;
    const { stream } = options;
    stream.addEventListener('message', ({ data }) => {
      this.#guard(() => {
        this.#take(data instanceof Uint8Array ? data : data.subarray());
      });
    });
    for (const end of ['remoteCloseWrite', 'close'] as const) {
      stream.addEventListener(end, () => this.#ended(this.#lossReason()));
    }
    this.#openTimer = setTimeout(() => this.close('failed'), LINK_OPEN_TIMEOUT_MS);
  }

  /** Begins the proofs. A stream may end while the first bytes are handed to it: `onClosed` then comes at once. */
  start(): void {
    this.#sayRecord(this.#options.challenge);
  }

  get peer(): PeerId {
    return this.#options.peer;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get isDialler(): boolean {
    return this.#options.isDialler;
  }

  /** When it opened, on the clock of `performance`, ms. */
  get openedAt(): number {
    return this.#openedAt;
  }

  /** Which life of the other side's program it leads to; known once it is open. */
  get incarnation(): Uint8Array {
    return incarnationOf(this.#theirs ?? new Uint8Array(CHALLENGE_BYTES));
  }

  /** Sends a message; a queue over its bound closes the link. Dropped unless the link is open. */
  send(message: Uint8Array, lane?: Lane): void {
    if (this.#state !== 'open' || this.#hasSaidBye) return;
    this.#guard(() => {
      if (!this.#sender.send(message, lane)) this.close('overflow');
    });
  }

  /** Somebody says that the peer is gone: it has `PING_TIMEOUT_MS` to answer, or to prove itself. */
  suspect(): void {
    if (this.#state === 'open') {
      this.#liveness = suspect(this.#liveness, performance.now());
      this.#control(pingFrame());
    }
    setTimeout(() => {
      if (this.#state === 'proving') this.close('failed');
      else this.beat(performance.now());
    }, PING_TIMEOUT_MS);
  }

  /** The heartbeat: pings an idle link, closes a silent one. `lastBeat` is when the one before was, ms. */
  beat(lastBeat: number): void {
    if (this.#state !== 'open') return;
    const [liveness, advice] = beat(this.#liveness, performance.now(), lastBeat);
    this.#liveness = liveness;
    if (advice === 'ping') this.#control(pingFrame());
    if (advice === 'close') this.close('silent');
  }

  /** Ends the link now; with a goodbye, after the other side could read it. */
  close(reason: UnlinkReason, goodbye?: Goodbye): void {
    if (this.#state === 'closed') return;
    if (goodbye === undefined || this.#state !== 'open') {
      this.#ended(reason);
      return;
    }
    this.#control(byeFrame(goodbye));
    this.#ended(reason, undefined, PING_TIMEOUT_MS);
  }

  /** Ends the link at once, in a page that is being closed: the goodbye may still get through. */
  abandon(): void {
    if (this.#state === 'open') this.#control(byeFrame('leaving'));
    this.#ended('closed');
  }

  /** Resolves when all that was sent has arrived and the other side has hung up. The caller sets the limit. */
  finish(): Promise<void> {
    if (this.#state !== 'open') {
      this.#ended('closed');
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#whenEnded.push(resolve);
      this.#isFinishing = true;
      this.#guard(() => this.#pump());
    });
  }

  #take(bytes: Uint8Array): void {
    this.#reader.take(bytes, (frame) => {
      if (this.#state !== 'closed') this.#receive(frame);
    });
  }

  #receive(frame: Uint8Array): void {
    if (this.#theirs === undefined) {
      this.#answer(frame);
      return;
    }
    this.#liveness = heard(this.#liveness, performance.now());
    const incoming = this.#assembler.take(frame);
    if (this.#state === 'proving') {
      if (incoming.type !== 'hello' || !this.#options.check(this.#theirs, incoming.signature)) {
        throw new ProtocolViolation('A peer does not prove that it belongs here.');
      }
      this.#open();
      return;
    }
    switch (incoming.type) {
      case 'hello':
        throw new ProtocolViolation('A peer proves itself twice.');
      case 'part':
        this.#confirm(frame);
        return;
      case 'message':
        this.#confirm(frame);
        this.#options.onMessage(incoming.message);
        return;
      case 'arrived':
        this.#window.arrived(incoming.bytes);
        this.#pump();
        return;
      case 'ping':
        this.#control(pongFrame());
        return;
      case 'bye':
        this.#ended('closed', incoming.why);
        return;
      case 'pong':
    }
  }

  #confirm(frame: Uint8Array): void {
    if (this.#receipts.add(frame)) this.#control(this.#receipts.take());
  }

  #answer(challenge: Uint8Array): void {
    if (challenge.length !== CHALLENGE_BYTES) {
      throw new ProtocolViolation('A peer speaks before its challenge.');
    }
    this.#theirs = challenge;
    this.#control(helloFrame(this.#options.prove(challenge)));
  }

  #open(): void {
    clearTimeout(this.#openTimer);
    this.#state = 'open';
    this.#openedAt = performance.now();
    this.#liveness = aliveAt(this.#openedAt);
    this.#options.onOpen();
  }

  #pump(): void {
    this.#sender.pump();
    if (this.#isFinishing && !this.#hasSaidBye && this.#sender.queuedBytes === 0) {
      this.#control(byeFrame('leaving'));
      this.#hasSaidBye = true;
    }
  }

  /** Silent after a bye: the other side hangs up, and WebRTC for Node may crash in a `send` just then. */
  #control(frame: Uint8Array): void {
    if (!this.#hasSaidBye) this.#sayRecord(frame);
  }

  #sayRecord(frame: Uint8Array): void {
    try {
      this.#options.stream.send(recordOf(frame));
    } catch {
      // The stream is closing: its end is told by its own event.
    }
  }

  /** Runs what may meet garbage or a closing stream; both end the link. */
  #guard(act: () => void): void {
    if (this.#state === 'closed') return;
    try {
      act();
    } catch (error) {
      if (error instanceof ProtocolViolation) this.close('violation', 'refused');
      else if (this.#options.stream.status !== 'open') this.#ended(this.#lossReason());
      else throw error;
    }
  }

  #lossReason(): UnlinkReason {
    return this.#state === 'open' ? 'closed' : 'failed';
  }

  #ended(reason: UnlinkReason, goodbye?: Goodbye, lingerMs = 0): void {
    for (const resolve of this.#whenEnded.splice(0)) resolve();
    if (this.#state === 'closed') {
      clearTimeout(this.#lingerTimer);
      this.#hangUp();
      return;
    }
    this.#state = 'closed';
    clearTimeout(this.#openTimer);
    if (lingerMs > 0) this.#lingerTimer = setTimeout(() => this.#hangUp(), lingerMs);
    else this.#hangUp();
    this.#options.onClosed(reason, goodbye);
  }

  #hangUp(): void {
    const over = new Error('The link is over.');
    this.#options.stream.abort(over);
    this.#options.connection.abort(over);
  }
}
