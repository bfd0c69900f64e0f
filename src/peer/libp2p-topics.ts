/**
 * Topics of a room over gossipsub: what a group of stand-ins must know (SEAT), passed on by neighbours. What members of
 * a line tell each other goes over their links, which they all have.
 *
 * Neighbours see neither the name of a topic nor what is said: names are hashed and messages sealed with keys
 * derived from the room's. What is not sealed with it is not passed on. gossipsub signs each message with its
 * author's key, which is the author's identity here.
 *
 * gossipsub v1.1: https://github.com/libp2p/specs/blob/master/pubsub/gossipsub
 *
 * @module
 */
import { TopicValidatorResult, type Message } from '@libp2p/gossipsub';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { concat, toBase64url, utf8 } from '../bytes.ts';
import { MAX_TOPIC_BYTES } from '../config.ts';
import type { PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';
import { SEAL_NONCE_BYTES } from './introduction.ts';
import type { Libp2pHost } from './libp2p-host.ts';
import { peerOf } from './libp2p-ids.ts';
import type { Room } from './room-key.ts';

const SALT = utf8('murmuration libp2p topics 1');

type Heard = (topic: string, from: PeerId, message: Uint8Array) => void;

/** The topics of one peer in one room. */
export class Topics {
  readonly #suite: Suite;
  readonly #room: Room;
  readonly #self: PeerId;
  readonly #key: Uint8Array;
  readonly #onHeard: Heard;
  /** Names by what the neighbours call them. */
  readonly #heard = new Map<string, string>();
  #host: Libp2pHost | undefined;

  constructor(suite: Suite, room: Room, self: PeerId, onHeard: Heard) {
    this.#suite = suite;
    this.#room = room;
    this.#self = self;
    this.#key = suite.derive(room.introductionKey, SALT, utf8('seal'));
    this.#onHeard = onHeard;
  }

  /** The node is there: joins the topics asked for so far. */
  attach(host: Libp2pHost): void {
    this.#host = host;
    host.gossip.addEventListener('gossipsub:message', ({ detail: { msg } }) => {
      const name = this.#heard.get(msg.topic);
      const from = authorOf(msg);
      const message = name === undefined || from === undefined ? undefined : this.#open(msg, from);
      if (name !== undefined && from !== undefined && message) this.#onHeard(name, from, message);
    });
    for (const topic of this.#heard.keys()) this.#join(topic);
  }

  /**
   * Says something to everybody who hears the topic.
   *
   * @throws RangeError when it is larger than `MAX_TOPIC_BYTES`.
   */
  publish(name: string, message: Uint8Array): void {
    if (message.length > MAX_TOPIC_BYTES) {
      throw new RangeError(
        `The message has ${message.length} bytes: a topic takes at most ${MAX_TOPIC_BYTES}, send it on a link.`,
      );
    }
    const topic = this.#topicOf(name);
    const nonce = crypto.getRandomValues(new Uint8Array(SEAL_NONCE_BYTES));
    const sealed = this.#cipher(nonce, topic, this.#self).encrypt(message);
    // Nobody hears, or this peer is leaving: a topic promises nothing.
    void this.#host?.gossip.publish(topic, concat(nonce, sealed)).catch(() => undefined);
  }

  /** Hears a topic, or no longer. */
  subscribe(name: string, isHeard: boolean): void {
    const topic = this.#topicOf(name);
    if (this.#heard.has(topic) === isHeard) return;
    if (isHeard) {
      this.#heard.set(topic, name);
      this.#join(topic);
    } else {
      this.#heard.delete(topic);
      this.#host?.gossip.topicValidators.delete(topic);
      this.#host?.gossip.unsubscribe(topic);
    }
  }

  #join(topic: string): void {
    if (!this.#host) return;
    this.#host.gossip.topicValidators.set(topic, (_neighbour, msg) => {
      const from = authorOf(msg);
      const isOurs = from !== undefined && this.#open(msg, from) !== undefined;
      return isOurs ? TopicValidatorResult.Accept : TopicValidatorResult.Reject;
    });
    this.#host.gossip.subscribe(topic);
  }

  #topicOf(name: string): string {
    const { introductionKey } = this.#room;
    return toBase64url(this.#suite.derive(introductionKey, SALT, utf8(`topic\0${name}`)));
  }

  #open(msg: Message, from: PeerId): Uint8Array | undefined {
    const nonce = msg.data.subarray(0, SEAL_NONCE_BYTES);
    const sealed = msg.data.subarray(SEAL_NONCE_BYTES);
    if (nonce.length < SEAL_NONCE_BYTES || sealed.length > MAX_TOPIC_BYTES + TAG_BYTES) {
      return undefined;
    }
    try {
      return this.#cipher(nonce, msg.topic, from).decrypt(sealed);
    } catch {
      return undefined;
    }
  }

  #cipher(nonce: Uint8Array, topic: string, from: PeerId): ReturnType<typeof xchacha20poly1305> {
    return xchacha20poly1305(this.#key, nonce, utf8(`${topic}\0${from}`));
  }
}

const TAG_BYTES = 16;

function authorOf(msg: Message): PeerId | undefined {
  return msg.type === 'signed' ? peerOf(msg.from) : undefined;
}
