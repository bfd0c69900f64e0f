import Peer from 'simple-peer';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { UnlinkReason } from '../../src/ports.ts';
import {
  FRAME_BYTES,
  HIGH_WATER_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_QUEUE_BYTES,
} from '../../src/config.ts';
import {
  arrivedFrame,
  Assembler,
  byeFrame,
  FrameSender,
  helloFrame,
  pingFrame,
  type Goodbye,
} from '../../src/peer/framing.ts';
import type { Candidate } from '../../src/peer/introduction.ts';
import { Link, type LinkOptions, type LinkSignal } from '../../src/peer/link.ts';
import { Receipts } from '../../src/peer/window.ts';
import { loadWrtc } from '../../src/peer/wrtc.ts';

const wrtc = await loadWrtc();
const proof = new Uint8Array(64).fill(1);

/** A link, and a hostile peer that a test plays frame by frame. */
class Scene {
  readonly hostile: Peer.Instance;
  readonly link: Link;
  readonly heard: Uint8Array[] = [];
  readonly closed: Promise<{ reason: UnlinkReason; goodbye: Goodbye | undefined }>;
  readonly opened: Promise<void>;
  readonly messages: Uint8Array[] = [];

  constructor(check: LinkOptions['check'] = () => true) {
    this.hostile = new Peer({
      initiator: true,
      wrtc,
      config: { iceServers: [] },
      objectMode: true,
    });
    this.hostile.on('error', () => undefined);
    this.hostile.on('data', (data: Uint8Array) => this.heard.push(data));
    let onOpen!: () => void;
    let onClosed!: LinkOptions['onClosed'];
    this.opened = new Promise((resolve) => {
      onOpen = resolve;
    });
    this.closed = new Promise((resolve) => {
      onClosed = (reason, goodbye) => resolve({ reason, goodbye });
    });
    this.link = new Link({
      isInitiator: false,
      iceServers: [],
      wrtc,
      prove: () => proof,
      check,
      onSignal: (signal) => {
        if (this.hostile.destroyed) return;
        if (signal.type !== 'candidates') this.hostile.signal(signal);
        else {
          for (const candidate of signal.candidates) {
            this.hostile.signal({ type: 'candidate', candidate: candidate as RTCIceCandidate });
          }
        }
      },
      onOpen,
      onMessage: (message) => this.messages.push(message),
      onClosed,
    });
    this.hostile.on('signal', (data) => {
      if (data.type === 'offer') this.link.signal({ type: 'offer', sdp: data.sdp! });
      if (data.type === 'candidate') {
        this.link.signal({ type: 'candidates', candidates: [data.candidate as Candidate] });
      }
    });
  }

  connected(): Promise<void> {
    return new Promise((resolve) => this.hostile.once('connect', resolve));
  }

  end(): void {
    this.hostile.destroy();
    this.link.close('closed');
  }
}

describe('a link', () => {
  let scene: Scene;
  afterEach(() => scene.end());

  it('opens when both have proved who they are, and answers pings', async () => {
    scene = new Scene((signature) => signature[0] === 7);
    await scene.connected();
    expect(scene.link.isOpen).toBe(false);
    scene.hostile.send(helloFrame(new Uint8Array(64).fill(7)));
    await scene.opened;
    const pong = new Promise<void>((resolve) => {
      scene.hostile.on('data', (data: Uint8Array) => {
        if (data[0] === 3) resolve();
      });
    });
    scene.hostile.send(pingFrame());
    await pong;
    expect(new Uint8Array(scene.heard[0]!)).toEqual(helloFrame(proof));
  });

  it.each<[string, readonly (Uint8Array | string)[]]>([
    ['does not prove who it is', [helloFrame(new Uint8Array(64).fill(8))]],
    ['speaks before it proves who it is', [Uint8Array.of(0, 1, 0, 0, 0, 9)]],
    ['says hello twice', [helloFrame(proof), helloFrame(proof)]],
    ['sends garbage', [helloFrame(proof), Uint8Array.of(99, 1, 2)]],
    ['sends text', ['hello']],
    ['confirms what was never sent', [helloFrame(proof), arrivedFrame(1)]],
    ['announces more than the largest message', [helloFrame(proof), Uint8Array.of(0, 255, 255, 255, 255)]], // prettier-ignore
  ])('to a peer that %s ends as a violation', async (_, frames) => {
    scene = new Scene((signature) => signature[0] === 1);
    await scene.connected();
    for (const frame of frames) scene.hostile.send(frame);
    expect(await scene.closed).toEqual({ reason: 'violation', goodbye: undefined });
    expect(scene.messages).toEqual([]);
  });

  it('tells what the other side said last', async () => {
    scene = new Scene();
    await scene.connected();
    scene.hostile.send(helloFrame(proof));
    const sender = new FrameSender({
      bufferedAmount: 0,
      send: (frame) => scene.hostile.send(frame),
    });
    sender.send(new Uint8Array(40_000).fill(5));
    scene.hostile.send(byeFrame('replaced'));
    expect(await scene.closed).toEqual({ reason: 'closed', goodbye: 'replaced' });
    expect(scene.messages).toEqual([new Uint8Array(40_000).fill(5)]);
  });

  it('answers pings and sends control messages between the frames of megabytes', async () => {
    scene = new Scene();
    await scene.connected();
    scene.hostile.send(helloFrame(proof));
    await scene.opened;
    const assembler = new Assembler();
    const receipts = new Receipts();
    const [bulk, count] = [new Uint8Array(MAX_MESSAGE_BYTES), 2];
    let bytes = 0;
    const seen: { what: string; at: number }[] = [];
    const whole = new Promise<void>((resolve) => {
      let left = count;
      scene.hostile.on('data', (frame: Uint8Array) => {
        const incoming = assembler.take(frame);
        if (incoming.type === 'pong') seen.push({ what: 'pong', at: bytes });
        if (incoming.type === 'message' && incoming.message.length === 1) {
          seen.push({ what: 'control', at: bytes });
        } else if (incoming.type === 'message' || incoming.type === 'part') {
          bytes += frame.length;
          if (incoming.type === 'message' && --left === 0) resolve();
          if (receipts.add(frame)) scene.hostile.send(receipts.take());
        }
      });
    });
    scene.hostile.send(pingFrame());
    for (let i = 0; i < count; i++) scene.link.send(bulk, 'bulk');
    scene.link.send(new Uint8Array(1));
    await whole;
    expect(seen.map(({ what }) => what).sort()).toEqual(['control', 'pong']);
    // Both wait for what was under way, and for nothing that was queued.
    for (const { at } of seen) expect(at).toBeLessThanOrEqual(HIGH_WATER_BYTES + 2 * FRAME_BYTES);
  });

  it('sends no more than a window to a peer that confirms nothing, and closes when its queue is full', async () => {
    scene = new Scene();
    await scene.connected();
    scene.hostile.send(helloFrame(proof));
    await scene.opened;
    const message = new Uint8Array(MAX_MESSAGE_BYTES);
    for (let i = 0; i <= MAX_QUEUE_BYTES / MAX_MESSAGE_BYTES + 1; i++) {
      scene.link.send(message, 'bulk');
    }
    expect((await scene.closed).reason).toBe('overflow');
    const bytes = scene.heard.reduce((sum, frame) => sum + frame.length, 0);
    expect(bytes).toBeLessThanOrEqual(HIGH_WATER_BYTES + FRAME_BYTES + 100);
  });

  it('that the other side tears down is closed at once', async () => {
    scene = new Scene();
    await scene.connected();
    scene.hostile.send(helloFrame(proof));
    await scene.opened;
    scene.hostile.destroy();
    expect(await scene.closed).toEqual({ reason: 'closed', goodbye: undefined });
  });

  it('to a peer that is not there when the channel opens fails as suspected', async () => {
    scene = new Scene();
    scene.hostile.destroy();
    scene.link.suspect();
    expect(await scene.closed).toEqual({ reason: 'failed', goodbye: undefined });
  });

  it.each<[string, LinkSignal]>([
    ['a description that is none', { type: 'offer', sdp: 'v=0\r\nnonsense' }],
    ['an empty description', { type: 'offer', sdp: '' }],
  ])('that is given %s fails', async (_, signal) => {
    scene = new Scene();
    scene.hostile.destroy();
    scene.link.signal(signal);
    expect((await scene.closed).reason).toMatch(/failed|violation/);
  });

  it('ignores candidates that are none, and goes on', async () => {
    vi.spyOn(console, 'warn').mockReturnValue(); // simple-peer says so on the console.
    scene = new Scene();
    await scene.connected();
    for (const candidate of ['nonsense', 'candidate:'.padEnd(1_000, '9'), '\0', '']) {
      for (const [sdpMid, sdpMLineIndex] of [
        ['x', 9],
        [null, 0],
        ['0', null],
      ] as const) {
        // prettier-ignore
        scene.link.signal({
          type: 'candidates',
          candidates: [{ candidate, sdpMid, sdpMLineIndex }],
        });
      }
    }
    scene.hostile.send(helloFrame(proof));
    await scene.opened;
    scene.hostile.send(byeFrame('leaving'));
    expect(await scene.closed).toEqual({ reason: 'closed', goodbye: 'leaving' });
    vi.restoreAllMocks();
  });
});
