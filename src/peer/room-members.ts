/**
 * The members of a room as the server names them, and how well this peer knows each.
 *
 * A member is one connection of somebody to the server. It is not a peer before its introduction was
 * opened and `handshake.ts` confirmed it: until then the server may have invented it. Here members
 * are greeted, their introductions opened, and greetings tried again; the links that follow are in
 * `peer-links.ts`, those of libp2p in `stream-links.ts`.
 *
 * @module
 */
import { fromBase64url, toBase64url } from '../bytes.ts';
import {
  GREETING_TIMEOUT_MS,
  MAX_LINK_ATTEMPTS,
  MAX_LINKS,
  MAX_REFUSALS_PER_MEMBER,
  RELINK_DELAY_MS,
} from '../config.ts';
import { ProtocolViolation } from '../errors.ts';
import type { PeerId } from '../ids.ts';
import type { Suite, TransportName } from '../ports.ts';
import {
  initialHandshake,
  stepHandshake,
  type HandshakeEffect,
  type HandshakeEvent,
  type HandshakeState,
  type RemotePeer,
} from './handshake.ts';
import type { Identity } from './identity.ts';
import {
  NONCE_BYTES,
  openIntroduction,
  SEAL_NONCE_BYTES,
  sealIntroduction,
  type OpenedIntroduction,
} from './introduction.ts';
import type { LinkSignal } from './link.ts';
import type { Room } from './room-key.ts';

/** One connection of somebody else to the server. */
export interface Member {
  readonly name: string;
  handshake: HandshakeState;
  attempts: number;
  refusals: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** What the members need to know and to have done. */
export interface RoomMembersOptions {
  readonly suite: Suite;
  readonly room: Room;
  readonly identity: Identity;
  readonly transport: TransportName;
  /** Whether new acquaintances are still wanted. */
  readonly isMeeting: () => boolean;
  /** Whether nothing is to be heard from a peer. */
  readonly isBanned: (peer: PeerId) => boolean;
  /** Whether the very life of a peer that sent an introduction has an open link to this one. */
  readonly isLinked: (introduction: OpenedIntroduction) => boolean;
  /** Whether a connection, under way or open, goes through this member. */
  readonly hasLink: (member: Member) => boolean;
  readonly relay: (to: string, payload: string) => void;
  readonly onConfirmed: (
    member: Member,
    remote: RemotePeer,
    isInitiator: boolean,
    isLinked: boolean,
  ) => void;
  /** A description or candidate from the other side. */
  readonly onSignal: (member: Member, content: LinkSignal) => void;
  /** The member is none any more; `hasLeft` when the server says that it left the room. */
  readonly onForgotten: (member: Member, hasLeft: boolean) => void;
  readonly onRefused: (code: string, message: string) => void;
}

/** Whom the server names, by member name. */
export class RoomMembers {
  readonly #options: RoomMembersOptions;
  /** Random for each start of this program. */
  readonly incarnation = randomBytes(NONCE_BYTES);
  readonly #members = new Map<string, Member>();
  #selfMember = '';

  constructor(options: RoomMembersOptions) {
    this.#options = options;
  }

  /** How many others the server names now. */
  get size(): number {
    return this.#members.size;
  }

  /** The server lets this peer in, under a name of its own: greets everybody who is there. */
  welcome(self: string, members: readonly string[]): void {
    this.#selfMember = self;
    for (const name of members) {
      const member = this.add(name);
      if (member) this.#greet(member);
    }
  }

  /** Somebody is in the room. Undefined for a name that is known, or one too many. */
  add(name: string): Member | undefined {
    if (name === this.#selfMember || this.#members.has(name)) return undefined;
    if (this.#members.size >= MAX_LINKS) {
      this.#refuse(
        'room-full',
        `The server names more than ${MAX_LINKS} members: the rest is ignored.`,
      );
      return undefined;
    }
    const member: Member = {
      name,
      handshake: initialHandshake({
        id: this.#options.identity.id,
        incarnation: this.incarnation,
        transport: this.#options.transport,
      }),
      attempts: 0,
      refusals: 0,
      timer: undefined,
    };
    this.#members.set(name, member);
    return member;
  }

  /** The server says that a member left. */
  remove(name: string): void {
    const member = this.#members.get(name);
    if (member) this.#forget(member, true);
  }

  /** The connection to the server is gone, and all names with it. */
  forgetAll(): void {
    for (const member of [...this.#members.values()]) this.#forget(member, false);
  }

  /** Takes what the server hands over from a member; whatever is wrong with it is told, within bounds. */
  onRelayed(from: string, payload: string): void {
    const member = this.#members.get(from);
    if (!member) {
      this.#refuse(
        'introduction-refused',
        'The server hands over words of a member it never named.',
      );
      return;
    }
    if (member.refusals >= MAX_REFUSALS_PER_MEMBER) return;
    let introduction: OpenedIntroduction;
    try {
      const { suite, room } = this.#options;
      const route = { from, to: this.#selfMember };
      introduction = openIntroduction(suite, room, route, decodePayload(payload));
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.#refuse('introduction-refused', error.message, member);
      return;
    }
    if (this.#options.isBanned(introduction.sender) || !this.#options.isMeeting()) return;
    this.#run(member, {
      type: 'received',
      introduction,
      nonce: randomBytes(NONCE_BYTES),
      isLinked: this.#options.isLinked(introduction),
    });
  }

  /**
   * Sends the other side a description or candidate of the connection to it.
   *
   * @throws ProtocolViolation when the handshake has no room for it.
   */
  signal(member: Member, content: LinkSignal): void {
    this.#run(member, { type: 'signal', content });
  }

  /** The link through a member was lost after it held for long enough: counting starts afresh. */
  resetAttempts(member: Member): void {
    member.attempts = 0;
  }

  /** Greets a member again, later each time, unless it has a link or is none any more by then. */
  greetLater(member: Member): void {
    const isKnown = (): boolean => this.#members.get(member.name) === member;
    if (!isKnown()) return;
    clearTimeout(member.timer);
    member.timer = setTimeout(
      () => {
        if (isKnown() && !this.#options.hasLink(member)) this.#greet(member);
      },
      RELINK_DELAY_MS * 2 ** member.attempts,
    );
  }

  #forget(member: Member, hasLeft: boolean): void {
    clearTimeout(member.timer);
    this.#members.delete(member.name);
    this.#options.onForgotten(member, hasLeft);
  }

  #greet(member: Member): void {
    if (member.attempts >= MAX_LINK_ATTEMPTS || !this.#options.isMeeting()) return;
    member.attempts++;
    clearTimeout(member.timer);
    member.timer = setTimeout(() => {
      const { pending } = member.handshake;
      if (pending && !pending.replied) this.#greet(member);
    }, GREETING_TIMEOUT_MS);
    this.#run(member, { type: 'greet', nonce: randomBytes(NONCE_BYTES) });
  }

  #run(member: Member, event: HandshakeEvent): void {
    const [state, effects] = stepHandshake(member.handshake, event);
    member.handshake = state;
    for (const effect of effects) this.#perform(member, effect);
  }

  #perform(member: Member, effect: HandshakeEffect): void {
    switch (effect.type) {
      case 'send': {
        const { suite, room, identity } = this.#options;
        const { payload, digest } = sealIntroduction(
          suite,
          room,
          identity,
          { from: this.#selfMember, to: member.name },
          effect.introduction,
          randomBytes(SEAL_NONCE_BYTES),
        );
        const { type } = effect.introduction.content;
        if (type === 'offer' || type === 'answer') {
          this.#run(member, { type: 'sealed', content: type, digest });
        }
        this.#options.relay(member.name, toBase64url(payload));
        return;
      }
      case 'confirmed':
        clearTimeout(member.timer);
        this.#options.onConfirmed(member, effect.remote, effect.isInitiator, effect.isLinked);
        return;
      case 'signal':
        this.#options.onSignal(member, effect.content);
        return;
      case 'refuse':
        this.#refuse(effect.code, effect.message, member);
    }
  }

  #refuse(code: string, message: string, member?: Member): void {
    if (member) member.refusals++;
    this.#options.onRefused(code, message);
  }
}

function decodePayload(payload: string): Uint8Array {
  try {
    return fromBase64url(payload);
  } catch {
    throw new ProtocolViolation('An introduction is not base64url.');
  }
}

function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}
