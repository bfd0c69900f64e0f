/**
 * How two members of a room get to know each other through the server: pure, one state a member.
 *
 * Hello, reply, confirm: after these three each side holds a signature over its own fresh nonce, so
 * the other one is alive now and no introduction of an earlier connection counts. Then the peer with
 * the smaller id offers and the other answers; a pair never has two offers. Peers that are linked
 * already (the server was restarted) only learn each other's new member names.
 *
 * A handshake that has begun leaves the confirmed one alone until it is confirmed itself, so replayed
 * hellos disturb nothing. Two hellos that cross: that of the smaller id counts.
 *
 * Invariants: every content behind `hello` is bound to both identities and both nonces; an offer or
 * answer is taken once; counters only grow.
 *
 * @module
 */
import { concat, equalBytes, utf8 } from '../bytes.ts';
import { MAX_CANDIDATES, MAX_GREETINGS } from '../config.ts';
import { compareIds, type PeerId } from '../ids.ts';
import type { Step } from '../machine.ts';
import { unreachable } from '../machine.ts';
import type { Suite, TransportName } from '../ports.ts';
import type { Introduction, IntroductionContent, OpenedIntroduction } from './introduction.ts';

/** A peer as its introductions name it. */
export interface RemotePeer {
  readonly id: PeerId;
  readonly incarnation: Uint8Array;
  readonly nonce: Uint8Array;
}

/** What is known of one member of the room. */
export interface HandshakeState {
  readonly self: {
    readonly id: PeerId;
    readonly incarnation: Uint8Array;
    readonly transport: TransportName;
  };
  readonly pending: Pending | undefined;
  readonly confirmed: Confirmed | undefined;
  /** Hellos taken so far. */
  readonly greetings: number;
}

/** What happens to it. */
export type HandshakeEvent =
  /** Begin (again). `nonce`: 16 random bytes. */
  | { readonly type: 'greet'; readonly nonce: Uint8Array }
  | {
      readonly type: 'received';
      readonly introduction: OpenedIntroduction;
      /** 16 random bytes, for a reply. */
      readonly nonce: Uint8Array;
      /** A link to the sender, in this very incarnation, is open. */
      readonly isLinked: boolean;
    }
  /** The connection has a description or candidate for the other side. */
  | {
      readonly type: 'signal';
      readonly content: Extract<IntroductionContent, { type: 'offer' | 'answer' | 'candidates' }>;
    }
  /** A description was sealed; its hash belongs to the transcript. */
  | { readonly type: 'sealed'; readonly content: 'offer' | 'answer'; readonly digest: Uint8Array };

/** What it asks for. */
export type HandshakeEffect =
  | { readonly type: 'send'; readonly introduction: Omit<Introduction, 'sender'> }
  /** Both sides are there. Connect now, unless `isLinked` on both sides; `isInitiator` offers. */
  | {
      readonly type: 'confirmed';
      readonly remote: RemotePeer;
      readonly isInitiator: boolean;
      readonly isLinked: boolean;
    }
  /** For the connection. */
  | {
      readonly type: 'signal';
      readonly content: Extract<IntroductionContent, { type: 'offer' | 'answer' | 'candidates' }>;
    }
  /** No honest peer behind an honest server would have sent it. */
  | { readonly type: 'refuse'; readonly code: RefusalCode; readonly message: string };

/** Why an introduction is refused. */
export type RefusalCode =
  | 'introduction-refused'
  | 'introduction-reflected'
  | 'identity-in-use'
  /** The other side links in another way: nothing is wrong with it, and no link can come of it. */
  | 'transport-differs';

interface Pending {
  readonly nonce: Uint8Array;
  /** Undefined while the hello is unanswered. */
  readonly replied: { readonly remote: RemotePeer; readonly isLinked: boolean } | undefined;
}

interface Confirmed {
  readonly nonce: Uint8Array;
  readonly remote: RemotePeer;
  readonly isInitiator: boolean;
  readonly sent: number;
  readonly received: number;
  readonly candidates: number;
  readonly offer: Uint8Array | undefined;
  readonly answer: Uint8Array | undefined;
}

type HandshakeStep = Step<HandshakeState, HandshakeEffect>;

/** Nothing is known of the member yet. */
export function initialHandshake(self: HandshakeState['self']): HandshakeState {
  return { self, pending: undefined, confirmed: undefined, greetings: 0 };
}

/** One step. */
export function stepHandshake(state: HandshakeState, event: HandshakeEvent): HandshakeStep {
  switch (event.type) {
    case 'greet': {
      const pending = { nonce: event.nonce, replied: undefined };
      return [
        { ...state, pending },
        [
          send(state, event.nonce, undefined, 0, {
            type: 'hello',
            transport: state.self.transport,
          }),
        ],
      ];
    }
    case 'received':
      return receive(state, event);
    case 'signal': {
      const { confirmed } = state;
      if (!confirmed) return [state, []];
      const sent = confirmed.sent + 1;
      return [
        { ...state, confirmed: { ...confirmed, sent } },
        [send(state, confirmed.nonce, confirmed.remote, sent, event.content)],
      ];
    }
    case 'sealed': {
      if (!state.confirmed) return [state, []];
      return [{ ...state, confirmed: { ...state.confirmed, [event.content]: event.digest } }, []];
    }
    default:
      return unreachable(event);
  }
}

/**
 * Hash of the whole acquaintance: both identities, incarnations, nonces and descriptions, the
 * initiator's first. Undefined until offer and answer are there.
 */
export function transcriptOf(suite: Suite, state: HandshakeState): Uint8Array | undefined {
  const { confirmed } = state;
  if (!confirmed?.offer || !confirmed.answer) return undefined;
  const own = concat(utf8(state.self.id), state.self.incarnation, confirmed.nonce);
  const { remote } = confirmed;
  const other = concat(utf8(remote.id), remote.incarnation, remote.nonce);
  const [first, second] = confirmed.isInitiator ? [own, other] : [other, own];
  return suite.hash(
    concat(utf8('murmuration link 1\0'), first, second, confirmed.offer, confirmed.answer),
  );
}

function receive(
  state: HandshakeState,
  event: Extract<HandshakeEvent, { type: 'received' }>,
): HandshakeStep {
  const { introduction } = event;
  if (introduction.sender === state.self.id) return receiveFromOwnIdentity(state, event);
  switch (introduction.content.type) {
    case 'hello':
      return receiveHello(state, event, introduction.content.transport);
    case 'reply':
      return receiveReply(state, event, introduction.content);
    case 'confirm':
      return receiveConfirm(state, introduction, introduction.content.isLinked);
    case 'offer':
    case 'answer':
    case 'candidates':
      return receiveSignal(state, introduction, introduction.content);
    default:
      return unreachable(introduction.content);
  }
}

function receiveHello(
  state: HandshakeState,
  event: Extract<HandshakeEvent, { type: 'received' }>,
  transport: TransportName,
): HandshakeStep {
  const { introduction, nonce, isLinked } = event;
  if (introduction.receiver) return refuse(state, 'A hello names a receiver.');
  if (state.greetings >= MAX_GREETINGS) return refuse(state, 'A member greets again and again.');
  const known = [state.pending?.replied?.remote, state.confirmed?.remote];
  if (known.some((remote) => remote && isSame(remote, introduction))) {
    return refuse(state, 'A hello came before.');
  }
  const greeted = { ...state, greetings: state.greetings + 1 };
  if (transport !== state.self.transport) {
    // The reply tells the other side, too.
    const reply = replyTo(state, nonce, remoteOf(introduction), false);
    return [greeted, [reply, differs(state, transport)]];
  }
  const hasGreeted = state.pending !== undefined && !state.pending.replied;
  if (hasGreeted && compareIds(state.self.id, introduction.sender) < 0) return [greeted, []];
  const remote = remoteOf(introduction);
  return [
    { ...greeted, pending: { nonce, replied: { remote, isLinked } } },
    [replyTo(state, nonce, remote, isLinked)],
  ];
}

function receiveReply(
  state: HandshakeState,
  event: Extract<HandshakeEvent, { type: 'received' }>,
  content: Extract<IntroductionContent, { type: 'reply' }>,
): HandshakeStep {
  const { introduction, isLinked } = event;
  const { pending } = state;
  if (!pending || pending.replied || !isBound(state, introduction, pending.nonce)) {
    return refuse(state, 'A reply belongs to no hello of this connection.');
  }
  if (content.transport !== state.self.transport) {
    return [{ ...state, pending: undefined }, [differs(state, content.transport)]];
  }
  const remote = remoteOf(introduction);
  const [next, effects] = confirm(state, pending.nonce, remote, isLinked && content.isLinked);
  return [next, [send(state, pending.nonce, remote, 0, { type: 'confirm', isLinked }), ...effects]];
}

function receiveConfirm(
  state: HandshakeState,
  introduction: OpenedIntroduction,
  theirs: boolean,
): HandshakeStep {
  const { pending } = state;
  const replied = pending?.replied;
  if (
    !replied ||
    !isBound(state, introduction, pending.nonce) ||
    !isSame(replied.remote, introduction)
  ) {
    return refuse(state, 'A confirmation belongs to no reply of this connection.');
  }
  return confirm(state, pending.nonce, replied.remote, replied.isLinked && theirs);
}

function receiveSignal(
  state: HandshakeState,
  introduction: OpenedIntroduction,
  content: Extract<IntroductionContent, { type: 'offer' | 'answer' | 'candidates' }>,
): HandshakeStep {
  const { confirmed } = state;
  if (
    !confirmed ||
    !isBound(state, introduction, confirmed.nonce) ||
    !isSame(confirmed.remote, introduction)
  ) {
    // A candidate may still be on its way when a handshake is replaced, and has no authority anyway.
    if (content.type === 'candidates') return [state, []];
    return refuse(state, `The introduction (${content.type}) is of another connection.`);
  }
  if (introduction.sequence <= confirmed.received) {
    return refuse(state, `The introduction (${content.type}) came before.`);
  }
  const next = { ...confirmed, received: introduction.sequence };
  const effects: readonly HandshakeEffect[] = [{ type: 'signal', content }];
  switch (content.type) {
    case 'offer':
      if (confirmed.isInitiator || confirmed.offer) return refuse(state, 'An offer comes unasked.');
      return [{ ...state, confirmed: { ...next, offer: introduction.digest } }, effects];
    case 'answer':
      if (!confirmed.isInitiator || !confirmed.offer || confirmed.answer) {
        return refuse(state, 'An answer comes unasked.');
      }
      return [{ ...state, confirmed: { ...next, answer: introduction.digest } }, effects];
    case 'candidates': {
      const candidates = confirmed.candidates + content.candidates.length;
      if (candidates > MAX_CANDIDATES) return [state, []];
      return [{ ...state, confirmed: { ...next, candidates } }, effects];
    }
    default:
      return unreachable(content);
  }
}

function confirm(
  state: HandshakeState,
  nonce: Uint8Array,
  remote: RemotePeer,
  isLinked: boolean,
): HandshakeStep {
  const isInitiator = compareIds(state.self.id, remote.id) < 0;
  const confirmed: Confirmed = {
    nonce,
    remote,
    isInitiator,
    sent: 0,
    received: 0,
    candidates: 0,
    offer: undefined,
    answer: undefined,
  };
  return [
    { ...state, pending: undefined, confirmed },
    [{ type: 'confirmed', remote, isInitiator, isLinked }],
  ];
}

function send(
  state: HandshakeState,
  nonce: Uint8Array,
  receiver: Introduction['receiver'],
  sequence: number,
  content: IntroductionContent,
): HandshakeEffect {
  const { incarnation } = state.self;
  return { type: 'send', introduction: { incarnation, nonce, receiver, sequence, content } };
}

function replyTo(
  state: HandshakeState,
  nonce: Uint8Array,
  receiver: RemotePeer,
  isLinked: boolean,
): HandshakeEffect {
  const { transport } = state.self;
  return send(state, nonce, receiver, 0, { type: 'reply', isLinked, transport });
}

function differs(state: HandshakeState, theirs: TransportName): HandshakeEffect {
  const message = `A peer of this room links by transport ${theirs}, here it is ${state.self.transport}: open the newest invitation of the room again, or choose transport ${theirs}.`;
  return { type: 'refuse', code: 'transport-differs', message };
}

function refuse(state: HandshakeState, message: string): HandshakeStep {
  return [state, [{ type: 'refuse', code: 'introduction-refused', message }]];
}

/** A reflection, or another holder of the identity: that one is told by a reply. */
function receiveFromOwnIdentity(
  state: HandshakeState,
  { introduction, nonce }: Extract<HandshakeEvent, { type: 'received' }>,
): HandshakeStep {
  if (equalBytes(introduction.incarnation, state.self.incarnation)) {
    const message = "The server sent this peer's own introduction back.";
    return [state, [{ type: 'refuse', code: 'introduction-reflected', message }]];
  }
  const message =
    'Another tab or program uses the identity of this one: close one of the two, or start it afresh.';
  const effects: HandshakeEffect[] = [{ type: 'refuse', code: 'identity-in-use', message }];
  if (introduction.content.type === 'hello' && state.greetings < MAX_GREETINGS) {
    effects.push(replyTo(state, nonce, remoteOf(introduction), false));
  }
  return [{ ...state, pending: undefined, greetings: state.greetings + 1 }, effects];
}

/** Whether an introduction answers this peer and this nonce of it. */
function isBound(state: HandshakeState, introduction: Introduction, nonce: Uint8Array): boolean {
  const { receiver } = introduction;
  return receiver?.id === state.self.id && equalBytes(receiver.nonce, nonce);
}

function isSame(remote: RemotePeer, introduction: Introduction): boolean {
  return (
    remote.id === introduction.sender &&
    equalBytes(remote.nonce, introduction.nonce) &&
    equalBytes(remote.incarnation, introduction.incarnation)
  );
}

function remoteOf({ sender, incarnation, nonce }: Introduction): RemotePeer {
  return { id: sender, incarnation, nonce };
}
