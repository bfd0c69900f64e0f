/**
 * One connection to one peer through simple-peer: how it comes to be, and what is particular to its channel.
 *
 * When the data channel opens, each side sends its signature over the transcript of the
 * introductions; only then is the link open. WebRTC itself refuses a peer whose DTLS certificate is
 * not the one of the signed description. From there on it lives as every link does (`framed-link.ts`).
 *
 * @module
 */
import Peer from 'simple-peer';
import type { IceServer } from '../../signaling/messages.ts';
import { CANDIDATE_WINDOW_MS, CANDIDATES_TOGETHER, RECEIPT_DELAY_MS } from '../config.ts';
import { ProtocolViolation } from '../errors.ts';
import { FramedLink, type LinkEvents } from './framed-link.ts';
import type { Candidate, IntroductionContent } from './introduction.ts';

/** WebRTC of a browser or of a package for Node. */
export interface Wrtc {
  readonly RTCPeerConnection: typeof RTCPeerConnection;
  readonly RTCSessionDescription: typeof RTCSessionDescription;
  readonly RTCIceCandidate: typeof RTCIceCandidate;
}

/** What a connection says to the other side through the server. */
export type LinkSignal = Extract<IntroductionContent, { type: 'offer' | 'answer' | 'candidates' }>;

/** What a link needs and tells. */
export interface LinkOptions extends LinkEvents {
  readonly isInitiator: boolean;
  readonly iceServers: readonly IceServer[];
  /** Undefined in browsers. */
  readonly wrtc: Wrtc | undefined;
  /** This side's signature over the transcript. Called once the channel is open. */
  prove(): Uint8Array;
  /** Whether the other side's signature over the transcript is right. */
  check(signature: Uint8Array): boolean;
  onSignal(signal: LinkSignal): void;
}

/** See the file's header. */
export class Link extends FramedLink {
  readonly #options: LinkOptions;
  readonly #peer: Peer.Instance;
  readonly #candidates: Candidate[] = [];
  #candidateTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LinkOptions) {
    const peer = new Peer({
      initiator: options.isInitiator,
      config: { iceServers: options.iceServers as RTCIceServer[] },
      // One data-channel message is one `data` event, whatever the stream buffers.
      objectMode: true,
      // Means nothing while candidates trickle, but its timer would keep a program alive.
      iceCompleteTimeout: 1,
      ...(options.wrtc ? { wrtc: options.wrtc } : {}),
    });
    super(options, {
      // In Node a moment later: see `RECEIPT_DELAY_MS`.
      receiptDelayMs: options.wrtc ? RECEIPT_DELAY_MS : 0,
      saysByeOnce: 'proved',
    });
    this.#options = options;
    this.#peer = peer;
    peer.on('signal', (data) => this.#forward(data));
    peer.on('connect', () => this.guard(() => this.#onConnect()));
    peer.on('data', (data: unknown) => this.guard(() => this.#onData(data)));
    peer.on('error', () => this.lose());
    peer.on('close', () => this.lose());
  }

  /** Takes what the other side's connection said through the server. */
  signal(signal: LinkSignal): void {
    if (this.isClosed || this.#peer.destroyed) return;
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

  protected override transmit(frame: Uint8Array<ArrayBuffer>): void {
    this.#channel?.send(frame);
  }

  protected override isClosing(error: unknown): boolean {
    return error instanceof DOMException || this.#channel?.readyState !== 'open';
  }

  protected override checks(signature: Uint8Array): boolean {
    return this.#options.check(signature);
  }

  protected override hangUp(): void {
    clearTimeout(this.#candidateTimer);
    this.#peer.destroy();
  }

  #onConnect(): void {
    if (this.#channel) this.prove(this.#options.prove());
  }

  #onData(data: unknown): void {
    if (!(data instanceof Uint8Array)) throw new ProtocolViolation('A frame is not binary.');
    this.receive(data);
  }

  #forward(data: Peer.SignalData): void {
    if (this.isClosed) return;
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
    if (this.#candidates.length === 0 || this.isClosed) return;
    const candidates = this.#candidates.splice(0, CANDIDATES_TOGETHER);
    this.#candidateTimer = setTimeout(() => this.#sendCandidates(), CANDIDATE_WINDOW_MS);
    this.#options.onSignal({ type: 'candidates', candidates });
  }

  /** simple-peer has no public way to its channel, and its own `write` waits for each message. */
  get #channel(): RTCDataChannel | undefined {
    return (this.#peer as unknown as { _channel?: RTCDataChannel | null })._channel ?? undefined;
  }
}
