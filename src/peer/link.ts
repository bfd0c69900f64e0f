/**
 * One connection to one peer: simple-peer, framing, the proof of identity, and the end of it.
 *
 * When the data channel opens, each side sends its signature over the transcript of the
 * introductions; only then is the link open. WebRTC itself refuses a peer whose DTLS certificate is
 * not the one of the signed description.
 *
 * A link ends once. `close` with a goodbye tells the other side why; `finish` waits until all that was
 * sent has arrived.
 *
 * @module
 */
import Peer from 'simple-peer';
import type { IceServer } from '../../signaling/messages.ts';
import {
  CANDIDATE_WINDOW_MS,
  CANDIDATES_TOGETHER,
  LINK_OPEN_TIMEOUT_MS,
  PING_TIMEOUT_MS,
  RECEIPT_DELAY_MS,
} from '../config.ts';
import { ProtocolViolation } from '../errors.ts';
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
import type { Candidate, IntroductionContent } from './introduction.ts';
import { aliveAt, beat, heard, suspect, type Liveness } from './liveness.ts';
import { Receipts, WindowedChannel } from './window.ts';

/** WebRTC of a browser or of a package for Node. */
export interface Wrtc {
  readonly RTCPeerConnection: typeof RTCPeerConnection;
  readonly RTCSessionDescription: typeof RTCSessionDescription;
  readonly RTCIceCandidate: typeof RTCIceCandidate;
}

/** What a connection says to the other side through the server. */
export type LinkSignal = Extract<IntroductionContent, { type: 'offer' | 'answer' | 'candidates' }>;

/** What a link needs and tells. Nothing is told after `onClosed`. */
export interface LinkOptions {
  readonly isInitiator: boolean;
  readonly iceServers: readonly IceServer[];
  /** Undefined in browsers. */
  readonly wrtc: Wrtc | undefined;
  /** This side's signature over the transcript. Called once the channel is open. */
  prove(): Uint8Array;
  /** Whether the other side's signature over the transcript is right. */
  check(signature: Uint8Array): boolean;
  onSignal(signal: LinkSignal): void;
  onOpen(): void;
  onMessage(message: Uint8Array): void;
  /** `goodbye`: what the other side said last, if it did. */
  onClosed(reason: UnlinkReason, goodbye: Goodbye | undefined): void;
}

type LinkState = 'connecting' | 'open' | 'closed';

/** See the file's header. */
export class Link {
  readonly #options: LinkOptions;
  readonly #peer: Peer.Instance;
  readonly #assembler = new Assembler();
  readonly #openTimer: ReturnType<typeof setTimeout>;
  #lingerTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #window = new WindowedChannel((frame) => this.#channel?.send(frame));
  readonly #sender = new FrameSender(this.#window);
  readonly #receipts = new Receipts();
  #state: LinkState = 'connecting';
  #hasProved = false;
  #hasChecked = false;
  readonly #candidates: Candidate[] = [];
  #candidateTimer: ReturnType<typeof setTimeout> | undefined;
  #receiptTimer: ReturnType<typeof setTimeout> | undefined;
  #isFinishing = false;
  #hasSaidBye = false;
  #openedAt = 0;
  #liveness: Liveness = aliveAt(performance.now());
  readonly #whenEnded: (() => void)[] = [];

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#peer = new Peer({
      initiator: options.isInitiator,
      config: { iceServers: options.iceServers as RTCIceServer[] },
      // One data-channel message is one `data` event, whatever the stream buffers.
      objectMode: true,
      // Means nothing while candidates trickle, but its timer would keep a program alive.
      iceCompleteTimeout: 1,
      ...(options.wrtc ? { wrtc: options.wrtc } : {}),
    });
    this.#peer.on('signal', (data) => this.#forward(data));
    this.#peer.on('connect', () => this.#guard(() => this.#prove()));
    this.#peer.on('data', (data: unknown) => this.#guard(() => this.#receive(data)));
    this.#peer.on('error', () => this.#ended(this.#state === 'open' ? 'closed' : 'failed'));
    this.#peer.on('close', () => this.#ended(this.#state === 'open' ? 'closed' : 'failed'));
    this.#openTimer = setTimeout(() => this.close('failed'), LINK_OPEN_TIMEOUT_MS);
  }

  /** Its channel is open, and the other side has proved its identity. */
  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** When it opened, on the clock of `performance`, ms. */
  get openedAt(): number {
    return this.#openedAt;
  }

  /** Takes what the other side's connection said through the server. */
  signal(signal: LinkSignal): void {
    if (this.#state === 'closed' || this.#peer.destroyed) return;
    try {
      if (signal.type === 'candidates') {
        for (const candidate of signal.candidates as readonly (RTCIceCandidate & Candidate)[]) {
          this.#peer.signal({ type: 'candidate', candidate });
        }
      } else {
        this.#peer.signal({ type: signal.type, sdp: signal.sdp });
      }
    } catch {
      // WebRTC throws at once for a candidate that is none; a bad description ends the link later.
      this.close('violation');
    }
  }

  /** Sends a message; a queue over its bound closes the link. Dropped unless the link is open. */
  send(message: Uint8Array, lane?: Lane): void {
    if (this.#state !== 'open' || this.#hasSaidBye) return;
    this.#guard(() => {
      if (!this.#sender.send(message, lane)) this.close('overflow');
    });
  }

  /** Somebody says that the peer is gone: it has `PING_TIMEOUT_MS` to answer, or to open the channel. */
  suspect(): void {
    if (this.#state === 'connecting') {
      setTimeout(() => {
        if (this.#state === 'connecting') this.close('failed');
      }, PING_TIMEOUT_MS);
      return;
    }
    if (this.#state === 'closed') return;
    this.#liveness = suspect(this.#liveness, performance.now());
    this.#control(pingFrame());
    setTimeout(() => this.beat(performance.now()), PING_TIMEOUT_MS);
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
    // Once this side has proved who it is, the other one may send, and must stop before the channel goes.
    if (goodbye === undefined || !this.#hasProved) {
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

  #forward(data: Peer.SignalData): void {
    if (this.#state === 'closed') return;
    if (data.type === 'offer' || data.type === 'answer') {
      this.#options.onSignal({ type: data.type, sdp: data.sdp ?? '' });
    } else if (data.type === 'candidate') {
      const { candidate, sdpMid, sdpMLineIndex } = data.candidate;
      this.#candidates.push({
        candidate: candidate ?? '',
        sdpMid: sdpMid ?? null,
        sdpMLineIndex: sdpMLineIndex ?? null,
      });
      if (!this.#candidateTimer) this.#sendCandidates();
    }
  }

  /** The first candidate goes at once, often it is enough; the dozens that may follow go together. */
  #sendCandidates(): void {
    this.#candidateTimer = undefined;
    if (this.#candidates.length === 0 || this.#state === 'closed') return;
    const candidates = this.#candidates.splice(0, CANDIDATES_TOGETHER);
    this.#candidateTimer = setTimeout(() => this.#sendCandidates(), CANDIDATE_WINDOW_MS);
    this.#options.onSignal({ type: 'candidates', candidates });
  }

  #prove(): void {
    if (!this.#channel) return;
    this.#control(helloFrame(this.#options.prove()));
    this.#hasProved = true;
    this.#openIfProved();
  }

  #receive(data: unknown): void {
    if (this.#state === 'closed') return;
    if (!(data instanceof Uint8Array)) throw new ProtocolViolation('A frame is not binary.');
    this.#liveness = heard(this.#liveness, performance.now());
    const incoming = this.#assembler.take(data);
    if (!this.#hasChecked && incoming.type !== 'hello') {
      throw new ProtocolViolation('A peer speaks before it has proved who it is.');
    }
    switch (incoming.type) {
      case 'hello':
        if (this.#hasChecked || !this.#options.check(incoming.signature)) {
          throw new ProtocolViolation('A peer does not prove who it is.');
        }
        this.#hasChecked = true;
        this.#openIfProved();
        return;
      case 'part':
        this.#confirm(data);
        return;
      case 'message':
        this.#confirm(data);
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

  /** In Node a moment later: see `RECEIPT_DELAY_MS`. */
  #confirm(frame: Uint8Array): void {
    if (!this.#receipts.add(frame)) return;
    if (!this.#options.wrtc) this.#control(this.#receipts.take());
    else {
      this.#receiptTimer ??= setTimeout(() => {
        this.#receiptTimer = undefined;
        this.#control(this.#receipts.take());
      }, RECEIPT_DELAY_MS);
    }
  }

  #openIfProved(): void {
    if (!this.#hasProved || !this.#hasChecked) return;
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
  #control(frame: Uint8Array<ArrayBuffer>): void {
    if (this.#hasSaidBye) return;
    try {
      this.#channel?.send(frame);
    } catch {
      // The channel is closing: its end is told by its own event.
    }
  }

  /** Runs what may meet garbage or a closing channel; both end the link. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (error instanceof ProtocolViolation) this.close('violation', 'refused');
      else if (error instanceof DOMException || this.#channel?.readyState !== 'open') {
        this.#ended('closed');
      } else throw error;
    }
  }

  #ended(reason: UnlinkReason, goodbye?: Goodbye, lingerMs = 0): void {
    for (const resolve of this.#whenEnded.splice(0)) resolve();
    if (this.#state === 'closed') {
      clearTimeout(this.#lingerTimer);
      this.#peer.destroy();
      return;
    }
    this.#state = 'closed';
    clearTimeout(this.#openTimer);
    clearTimeout(this.#candidateTimer);
    clearTimeout(this.#receiptTimer);
    if (lingerMs > 0) this.#lingerTimer = setTimeout(() => this.#peer.destroy(), lingerMs);
    else this.#peer.destroy();
    this.#options.onClosed(reason, goodbye);
  }

  /** simple-peer has no public way to its channel, and its own `write` waits for each message. */
  get #channel(): RTCDataChannel | undefined {
    return (this.#peer as unknown as { _channel?: RTCDataChannel | null })._channel ?? undefined;
  }
}
