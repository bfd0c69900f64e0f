/**
 * One end of a link that goes through a neighbour: the exchange of keys, then the same frames as on a
 * direct link, each of them sealed.
 *
 * The neighbour sees who talks to whom, sizes and times. A piece that does not open ends the link: the
 * neighbour changed, left out, doubled or moved something, and a message with a hole is never given on.
 *
 * How much may be under way is for the neighbour to say (`carrier.ts`), so bulk waits here. Messages belong
 * to a stream (`stream.ts`), which goes on over another link when this one ends: the first frame of each
 * side says where it stands, and each whole message is answered by how many came. Like a direct link, it
 * is pinged when idle and ends once.
 *
 * @module
 */
import { concat, equalBytes } from '../bytes.ts';
import { CARRY_WINDOW_BYTES, HIGH_WATER_BYTES, RELAYED_LINK_OPEN_TIMEOUT_MS } from '../config.ts';
import { ProtocolViolation } from '../errors.ts';
import type { Lane, UnlinkReason } from '../ports.ts';
import { Assembler, byeFrame, FrameSender, pingFrame, pongFrame, type Goodbye } from './framing.ts';
import { aliveAt, beat, heard, type Liveness } from './liveness.ts';
import {
  answer,
  conclude,
  greet,
  isOf,
  type Exchange,
  type Greeting,
  type Piece,
  type RelayedKeys,
} from './relayed-keys.ts';
import { decodeStanding, encodeStanding, LANES, type Standing, type Stream } from './stream.ts';

/** First bytes of frames beside those of `framing.ts`. */
const RESUME = 64;
const GOT = 65;

/** How a relayed link ends: as any other, or because a piece did not open. */
export type RelayedEnd = UnlinkReason | 'tampered';

/** What a relayed link needs and tells. Nothing is told after `onClosed`. */
export interface RelayedLinkOptions {
  readonly exchange: Exchange;
  /** What was sent and has not arrived, of this link and those before it. */
  readonly stream: Stream;
  /** Asks the neighbour to pass a piece on. */
  send(piece: Uint8Array): void;
  /** Bytes that the neighbour has been given for this peer and the peer has not taken yet. */
  underWay(): number;
  /** `goesOn`: nothing was lost since the link before. */
  onOpen(link: RelayedLink, goesOn: boolean): void;
  onMessage(message: Uint8Array): void;
  /** `goodbye`: what the other side said last, if it did. */
  onClosed(link: RelayedLink, reason: RelayedEnd, goodbye: Goodbye | undefined): void;
}

/** See the file's header. */
export class RelayedLink {
  readonly #options: RelayedLinkOptions;
  readonly #assembler = new Assembler();
  readonly #sender: FrameSender;
  readonly #deadline: number;
  #state: 'greeting' | 'answering' | 'resuming' | 'open' | 'closed' = 'greeting';
  #greeting: Greeting | undefined;
  #confirms: ((piece: Piece & { type: 'confirm' }) => boolean) | undefined;
  #keys: RelayedKeys | undefined;
  #liveness: Liveness;
  #whenFinished: (() => void) | undefined;

  private constructor(options: RelayedLinkOptions, now: number) {
    this.#options = options;
    this.#liveness = aliveAt(now);
    this.#deadline = now + RELAYED_LINK_OPEN_TIMEOUT_MS;
    // A frame sender fills its channel up to HIGH_WATER_BYTES: here that means the window.
    this.#sender = new FrameSender({
      get bufferedAmount() {
        return HIGH_WATER_BYTES - CARRY_WINDOW_BYTES + options.underWay();
      },
      send: (frame) => {
        this.#seal(frame);
      },
    });
  }

  /** Greets a peer, whose id is the larger one. `random`: `EXCHANGE_ENTROPY_BYTES`. */
  static greet(options: RelayedLinkOptions, random: Uint8Array, now: number): RelayedLink {
    const link = new RelayedLink(options, now);
    const { greeting, piece } = greet(options.exchange.suite, random);
    link.#greeting = greeting;
    options.send(piece);
    return link;
  }

  /** Answers a greeting. Undefined when it is none that an honest peer sends. */
  static answer(
    options: RelayedLinkOptions,
    hello: Piece & { type: 'hello' },
    random: Uint8Array,
    now: number,
  ): RelayedLink | undefined {
    const answered = answer(options.exchange, hello, random);
    if (answered === undefined) return undefined;
    const link = new RelayedLink(options, now);
    link.#state = 'answering';
    link.#keys = answered.keys;
    link.#confirms = (piece) => answered.confirms(piece);
    options.send(answered.piece);
    return link;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** The exchange has to be over by then, ms. */
  get deadline(): number {
    return this.#deadline;
  }

  /** Takes a piece of the other side, unless it belongs to another exchange. */
  take(piece: Piece, now: number): void {
    switch (piece.type) {
      case 'hello':
        return;
      case 'reply':
        if (this.#state === 'greeting' && equalBytes(piece.greeting, this.#greeting!.nonce)) {
          this.#conclude(piece, now);
        }
        return;
      case 'confirm':
        if (this.#state !== 'answering' || !isOf(this.#keys!, piece)) return;
        if (this.#confirms!(piece)) this.#resume(now);
        else this.#end('tampered');
        return;
      case 'sealed':
        if (!this.#keys || !isOf(this.#keys, piece)) return;
        // The confirmation goes first: it was held back.
        if (this.#state === 'answering') this.#end('tampered');
        else if (this.#state !== 'closed') this.#unseal(piece.frame, now);
    }
  }

  /** Sends a message that the stream keeps. */
  send(message: Uint8Array, lane: Lane): void {
    if (this.#state === 'open') this.#sender.send(message, lane);
  }

  /** Something under way was taken. */
  pump(): void {
    if (this.#state !== 'open') return;
    this.#sender.pump();
  }

  /** The heartbeat: pings an idle link, closes a silent one. `lastBeat` is when the one before was, ms. */
  beat(now: number, lastBeat: number): void {
    if (this.#state !== 'open') return;
    const [liveness, advice] = beat(this.#liveness, now, lastBeat);
    this.#liveness = liveness;
    if (advice === 'ping') this.#seal(pingFrame());
    if (advice === 'close') this.close('silent');
  }

  /** Resolves when all that was sent has arrived, after a goodbye. The caller sets the limit. */
  finish(): Promise<void> {
    if (this.#state !== 'open') return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenFinished = resolve;
      this.#finishIfDone();
    });
  }

  /** Ends the link; with a goodbye, the other side hears why. */
  close(reason: UnlinkReason, goodbye?: Goodbye): void {
    if (this.#state === 'open' && goodbye !== undefined) this.#seal(byeFrame(goodbye));
    this.#end(reason);
  }

  /** Forgets the link without a word: its neighbour is gone, or another link has taken its place. */
  drop(): void {
    this.#state = 'closed';
    this.#whenFinished?.();
  }

  #conclude(reply: Piece & { type: 'reply' }, now: number): void {
    const concluded = conclude(this.#options.exchange, this.#greeting!, reply);
    if (concluded === undefined) {
      this.#end('tampered');
      return;
    }
    this.#keys = concluded.keys;
    this.#options.send(concluded.piece);
    this.#resume(now);
  }

  /** The keys are agreed: says where the stream stands. */
  #resume(now: number): void {
    this.#greeting = undefined;
    this.#confirms = undefined;
    this.#liveness = aliveAt(now);
    this.#state = 'resuming';
    this.#seal(concat(Uint8Array.of(RESUME), encodeStanding(this.#options.stream.standing)));
  }

  /** The other side said where it stands. */
  #open(theirs: Standing): void {
    const { stream } = this.#options;
    const goesOn = stream.resume(theirs);
    this.#state = 'open';
    this.#options.onOpen(this, goesOn);
    for (const { message, lane } of stream.kept) this.#sender.send(message, lane);
  }

  #finishIfDone(): void {
    if (this.#whenFinished && this.#options.stream.kept.length === 0) {
      this.close('closed', 'leaving');
    }
  }

  #seal(frame: Uint8Array): void {
    this.#options.send(this.#keys!.seal(frame));
  }

  #unseal(sealed: Uint8Array, now: number): void {
    const frame = this.#keys!.open(sealed);
    if (frame === undefined) {
      // The other side can still read: it shall look for another way too.
      this.#seal(byeFrame('replaced'));
      this.#end('tampered');
      return;
    }
    this.#liveness = heard(this.#liveness, now);
    try {
      this.#frame(frame);
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.close('violation', 'refused');
    }
  }

  #frame(frame: Uint8Array): void {
    const isFirst = this.#state === 'resuming';
    if (isFirst !== (frame[0] === RESUME)) {
      throw new ProtocolViolation('A peer says where it stands at the wrong time.');
    }
    if (isFirst) {
      this.#open(decodeStanding(frame.subarray(1)));
      return;
    }
    const { stream } = this.#options;
    if (frame[0] === GOT) {
      const lane = LANES[frame[1] ?? -1];
      if (frame.length !== 6 || lane === undefined) {
        throw new ProtocolViolation('A peer does not say what it has got.');
      }
      stream.acknowledge(lane, new DataView(frame.buffer, frame.byteOffset).getUint32(2, true));
      this.#finishIfDone();
      return;
    }
    const incoming = this.#assembler.take(frame);
    switch (incoming.type) {
      case 'message':
        this.#seal(gotFrame(incoming.lane, stream.count(incoming.lane)));
        this.#options.onMessage(incoming.message);
        return;
      case 'ping':
        this.#seal(pongFrame());
        return;
      case 'bye':
        this.#end('closed', incoming.why);
        return;
      case 'hello':
        throw new ProtocolViolation('A peer proves again who it is.');
      case 'arrived':
        throw new ProtocolViolation('A peer confirms bytes that its neighbour confirms.');
      case 'part':
      case 'pong':
    }
  }

  #end(reason: RelayedEnd, goodbye?: Goodbye): void {
    if (this.#state === 'closed') return;
    this.drop();
    this.#options.onClosed(this, reason, goodbye);
  }
}

function gotFrame(lane: Lane, count: number): Uint8Array {
  const frame = new Uint8Array(6);
  frame[0] = GOT;
  frame[1] = LANES.indexOf(lane);
  new DataView(frame.buffer).setUint32(2, count, true);
  return frame;
}
