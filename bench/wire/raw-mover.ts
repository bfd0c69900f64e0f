/**
 * Moves bytes over bare data channels, in every way that a setting can ask for.
 *
 * A frame begins with a byte that says what it is: bytes to be counted, a ping, its pong, or the count
 * of bytes that arrived. Channels are negotiated, ordered and unordered ones side by side, so that one connection
 * serves all settings.
 *
 * @module
 */
import type { Wrtc } from '../../src/peer/link.ts';
import type { Order, Port, Setting, WireSignal } from './orders.ts';

/** Most data channels of a kind. */
export const MAX_CHANNELS = 4;

/** A ping leaves so long after the answer to the one before, ms. */
const PING_PAUSE_MS = 10;

const BYTES = 0;
const PING = 1;
const PONG = 2;
const ARRIVED = 3;

interface RawLink {
  readonly connection: RTCPeerConnection;
  readonly ordered: RTCDataChannel[];
  readonly unordered: RTCDataChannel[];
  /** Bytes of the run that are still to be sent. */
  left: number;
  /** Bytes sent in this run, and those that the other side has. */
  sent: number;
  acknowledged: number;
  received: number;
  /** Of these, the other side was told. */
  told: number;
  next: number;
  /** Bytes that each channel takes without being asked. */
  readonly room: number[];
  pingedAt: number;
}

/** One peer, and its connections. */
export class RawMover {
  readonly #port: Port;
  readonly #wrtc: Pick<Wrtc, 'RTCPeerConnection'>;
  readonly #links = new Map<number, RawLink>();
  #order: Extract<Order, { type: 'move' }> | undefined;
  #began = 0;
  #cpuAtStart = 0;
  #pingMs: number[] = [];
  #frame = new Uint8Array(0);
  #poll: ReturnType<typeof setTimeout> | undefined;

  constructor(port: Port, wrtc: Pick<Wrtc, 'RTCPeerConnection'>) {
    this.#port = port;
    this.#wrtc = wrtc;
  }

  take(order: Order): void {
    if (order.type === 'open') this.#open(order.to, order.isInitiator);
    else if (order.type === 'signal') void this.#signal(order.from, order.signal);
    else this.#move(order);
  }

  #open(to: number, isInitiator: boolean): void {
    const connection = new this.#wrtc.RTCPeerConnection({ iceServers: [] });
    const channels = (ordered: boolean): RTCDataChannel[] =>
      Array.from({ length: MAX_CHANNELS }, (_, i) =>
        connection.createDataChannel('wire', {
          negotiated: true,
          id: (ordered ? 0 : MAX_CHANNELS) + i,
          ordered,
        }),
      );
    const link: RawLink = {
      ...{ connection, ordered: channels(true), unordered: channels(false), room: [] },
      ...{ left: 0, sent: 0, acknowledged: 0, received: 0, told: 0, next: 0, pingedAt: 0 },
    };
    this.#links.set(to, link);
    let opening = 2 * MAX_CHANNELS;
    for (const channel of [...link.ordered, ...link.unordered]) {
      channel.binaryType = 'arraybuffer';
      channel.onopen = () => {
        opening -= 1;
        if (opening === 0) this.#port.answer({ type: 'linked', to });
      };
      channel.onmessage = ({ data }) =>
        this.#receive(link, channel, new Uint8Array(data as ArrayBuffer));
      channel.onbufferedamountlow = () => this.#pump();
    }
    const tell = (value: unknown): void =>
      this.#port.answer({
        type: 'signal',
        to,
        signal: { type: 'raw', text: JSON.stringify(value) },
      });
    connection.onicecandidate = ({ candidate }) => {
      if (candidate) tell({ candidate });
    };
    if (!isInitiator) return;
    void connection.createOffer().then(async (offer) => {
      await connection.setLocalDescription(offer);
      tell({ description: offer });
    });
  }

  async #signal(from: number, signal: WireSignal): Promise<void> {
    if (signal.type !== 'raw') return;
    const { connection } = this.#links.get(from)!;
    const { candidate, description } = JSON.parse(signal.text) as {
      candidate?: RTCIceCandidateInit;
      description?: RTCSessionDescriptionInit;
    };
    if (candidate) await connection.addIceCandidate(candidate);
    if (!description) return;
    await connection.setRemoteDescription(description);
    if (description.type !== 'offer') return;
    const answer = await connection.createAnswer();
    await connection.setLocalDescription(answer);
    const text = JSON.stringify({ description: answer });
    this.#port.answer({ type: 'signal', to: from, signal: { type: 'raw', text } });
  }

  #move(order: Extract<Order, { type: 'move' }>): void {
    const { setting, to, bytes } = order;
    this.#order = order;
    this.#pingMs = [];
    this.#cpuAtStart = this.#port.cpuMs();
    this.#frame = new Uint8Array(setting.frameBytes);
    this.#frame[0] = BYTES;
    this.#began = performance.timeOrigin + performance.now();
    for (const [peer, link] of this.#links) {
      // What the faster side has sent already belongs to this run.
      Object.assign(link, { sent: 0, acknowledged: 0, next: 0, room: [] });
      link.left = to.includes(peer) ? bytes : 0;
      for (const channel of channelsOf(link, setting)) {
        channel.bufferedAmountLowThreshold = setting.highWaterBytes / 2;
      }
      if (link.left > 0) this.#ping(link);
      this.#acknowledge(link);
    }
    this.#pump();
  }

  #pump(): void {
    if (!this.#order) return;
    clearTimeout(this.#poll);
    const { setting } = this.#order;
    let isLeft = false;
    for (let isMoving = true; isMoving;) {
      isMoving = false;
      isLeft = false;
      // One frame a link and turn, so that all links advance together.
      for (const link of this.#links.values()) {
        if (link.left === 0) continue;
        if (this.#sendFrame(link, setting)) isMoving = true;
        if (link.left > 0) isLeft = true;
      }
    }
    if (isLeft && setting.pollMs > 0) this.#poll = setTimeout(() => this.#pump(), setting.pollMs);
    if (!isLeft) this.#finishIfDone();
  }

  #sendFrame(link: RawLink, setting: Setting): boolean {
    const { frameBytes, highWaterBytes, windowBytes, budgetBytes } = setting;
    const onTheWay = link.sent - link.acknowledged;
    if (windowBytes > 0 && onTheWay + frameBytes > windowBytes) return false;
    if (budgetBytes > 0) {
      let all = 0;
      for (const { sent, acknowledged } of this.#links.values()) all += sent - acknowledged;
      if (all + frameBytes > budgetBytes && onTheWay > 0) return false;
    }
    const channels = channelsOf(link, setting);
    for (let i = 0; i < channels.length; i++) {
      const at = (link.next + i) % channels.length;
      const channel = channels[at]!;
      if (!(link.room[at]! > 0)) link.room[at] = highWaterBytes - channel.bufferedAmount;
      if (link.room[at]! <= 0) continue;
      const size = Math.min(frameBytes, link.left);
      channel.send(size === frameBytes ? this.#frame : this.#frame.slice(0, size));
      link.room[at]! -= size;
      link.left -= size;
      link.sent += size;
      link.next = at + 1;
      return true;
    }
    return false;
  }

  #receive(link: RawLink, channel: RTCDataChannel, frame: Uint8Array): void {
    switch (frame[0]) {
      case PING:
        channel.send(Uint8Array.of(PONG));
        break;
      case PONG:
        this.#pingMs.push(performance.now() - link.pingedAt);
        if (link.left > 0) setTimeout(() => this.#ping(link), PING_PAUSE_MS);
        break;
      case ARRIVED:
        link.acknowledged = new DataView(frame.buffer).getUint32(1);
        this.#pump();
        break;
      default:
        link.received += frame.length;
        this.#acknowledge(link);
        this.#finishIfDone();
    }
  }

  #ping(link: RawLink): void {
    if (!this.#order || link.left === 0) return;
    link.pingedAt = performance.now();
    channelsOf(link, this.#order.setting)[0]!.send(Uint8Array.of(PING));
  }

  #acknowledge(link: RawLink): void {
    if (!this.#order) return;
    const { setting } = this.#order;
    const { windowBytes, budgetBytes } = setting;
    if (windowBytes === 0 && budgetBytes === 0) return;
    // A budget may leave a single frame to a link: each one is answered.
    const step = budgetBytes > 0 ? 1 : windowBytes / 4;
    if (link.received - link.told < step) return;
    link.told = link.received;
    const frame = new Uint8Array(5);
    frame[0] = ARRIVED;
    new DataView(frame.buffer).setUint32(1, link.received);
    link.ordered[0]!.send(frame);
  }

  #finishIfDone(): void {
    if (!this.#order) return;
    const { from, bytes } = this.#order;
    if (from.some((peer) => this.#links.get(peer)!.received < bytes)) return;
    if ([...this.#links.values()].some(({ left }) => left > 0)) return;
    this.#order = undefined;
    for (const peer of from) {
      const link = this.#links.get(peer)!;
      link.received = 0;
      link.told = 0;
    }
    this.#port.answer({
      type: 'moved',
      moved: {
        began: this.#began,
        ended: performance.timeOrigin + performance.now(),
        pingMs: this.#pingMs,
        cpuMs: this.#port.cpuMs() - this.#cpuAtStart,
      },
    });
  }
}

function channelsOf(link: RawLink, { channels, isOrdered }: Setting): readonly RTCDataChannel[] {
  return (isOrdered ? link.ordered : link.unordered).slice(0, channels);
}
