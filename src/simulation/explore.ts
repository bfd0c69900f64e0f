/**
 * Every way in which one attempt can run: all orders of delivery, and one member vanishing anywhere.
 *
 * The world is the members' states, the messages on each link (first in, first out) and what the one
 * that vanished still has on the way, which arrives or is lost link by link, as a prefix. Time passes
 * only when nothing else can happen, up to the next deadline. A world met before is not entered again.
 *
 * Two things make it fast. A member's step depends on its own state and one event, so each pair is
 * computed once, and worlds are tuples of numbers. And once nobody can vanish any more, deliveries to
 * different members commute: where a member has something from each other member that may still send,
 * only its own next steps are followed (a persistent set). Facts that the invariants speak of (what was
 * sent, how it ended) only grow, so whatever is lost by not entering the worlds between is seen later.
 *
 * Godefroid: Partial-Order Methods for the Verification of Concurrent Systems, LNCS 1032, chapter 4.
 *
 * @module
 */
import { encodeCbor } from '../cbor.ts';
import { fromHex } from '../bytes.ts';
import { peerIdOf } from '../ids.ts';
import type { Suite } from '../ports.ts';
import {
  attemptEntropyBytes,
  attemptSetting,
  cloneAttempt,
  contributionWords,
  openEnvelope,
  proposalBody,
  readAttemptMessage,
  startAttempt,
  stepAttempt,
  type AttemptEffect,
  type AttemptEvent,
  type AttemptState,
  type Mode,
  type Proposal,
  type ReceivedMessage,
} from '../secagg/index.ts';
import { fingerprintOf } from './explore-fingerprint.ts';
import {
  addSent,
  brokenInvariant,
  NO_FACTS,
  outcomeName,
  unfinished,
  type Facts,
} from './explore-invariants.ts';
import { SeededRandom } from '../seeded-random.ts';
import { simulatedSuite } from './simulated-suite.ts';

/** What to explore. */
export interface Exploration {
  readonly memberCount: number;
  readonly mode: Mode;
  /** Whether one member may vanish; which ones, by place. */
  readonly mayVanish: readonly number[];
  /** Worlds after which the exploration stops, unfinished. */
  readonly maxWorlds: number;
  /** Scatters so many words among the first so many members, in tiles of a block; else one word is broadcast. */
  readonly scattered?: { readonly wordCount: number; readonly owners: number };
  /** Follow one member where deliveries commute, as is the rule; false only to check that rule. */
  readonly isReduced?: boolean;
}

/** What was found. */
export interface ExplorationReport {
  /** Different worlds entered. */
  readonly worlds: number;
  /** Steps between them. */
  readonly steps: number;
  /** Different states of single members. */
  readonly memberStates: number;
  /** Different worlds in which nothing can happen any more. */
  readonly ends: number;
  /** How often each combination of outcomes was an end, such as `result result vanished`. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Everything was seen, within `maxWorlds`. */
  readonly isComplete: boolean;
  /** The first broken invariant, with the actions that lead to it. */
  readonly violation: { readonly text: string; readonly actions: readonly string[] } | undefined;
}

/** Walks through every world, depth first, until the end, a broken invariant or `maxWorlds`. */
export function explore(exploration: Exploration): ExplorationReport {
  const walk = new Walk(new Members(exploration));
  walk.enter(walk.members.start, undefined);
  walk.follow(exploration.maxWorlds);
  return walk.report();
}

/**
 * Where there are too many worlds for all of them: follows one schedule, drawn from a seed, and at
 * each of its worlds lets each member vanish and walks through `maxWorlds` of what can follow.
 */
export function exploreAround(exploration: Exploration, seed: string): ExplorationReport {
  const random = new SeededRandom(seed);
  const calm = new Members({ ...exploration, mayVanish: [] });
  const walk = new Walk(calm, random);
  let world = calm.start;
  let actions: Trail | undefined;
  for (;;) {
    walk.enter(world, actions);
    for (const from of exploration.mayVanish) {
      const action = { type: 'vanish', from } as const;
      walk.enter(calm.apply(world, action), { action, before: actions });
      walk.follow(walk.worlds + exploration.maxWorlds);
      walk.abandon();
    }
    const next = calm.actionsOf(world, false);
    if (next.length === 0) return walk.report();
    const action = next[Math.floor(random.uniform() * next.length)]!;
    world = calm.apply(world, action);
    actions = { action, before: actions };
  }
}

/** The worlds met so far, and those still to be entered. */
class Walk {
  private readonly seen = new Set<string>();
  private readonly outcomes = new Map<string, number>();
  private readonly stack: { world: World; actions: Trail | undefined }[] = [];
  private steps = 0;
  private ends = 0;
  private isComplete = true;
  private violation: ExplorationReport['violation'];

  constructor(
    members: Members,
    /** Shuffles what is entered first; without it, in order. */
    random?: SeededRandom,
  ) {
    this.members = members;
    this.random = random;
  }

  readonly members: Members;
  private readonly random: SeededRandom | undefined;

  get worlds(): number {
    return this.seen.size;
  }

  enter(world: World, actions: Trail | undefined): void {
    const key = keyOf(world);
    if (this.seen.has(key)) return;
    this.seen.add(key);
    const text = this.members.check(world);
    if (text !== undefined) this.violation ??= { text, actions: pathOf(actions) };
    this.stack.push({ world, actions });
  }

  /** Goes on until nothing is left, so many worlds were met in all, or an invariant broke. */
  follow(maxWorlds: number): void {
    while (this.stack.length > 0 && this.violation === undefined && this.seen.size < maxWorlds) {
      const { world, actions } = this.stack.pop()!;
      const next = this.members.actionsOf(world);
      if (next.length === 0) this.end(world, actions);
      for (const action of this.random === undefined ? next : shuffled(next, this.random)) {
        this.steps++;
        this.enter(this.members.apply(world, action), { action, before: actions });
      }
    }
  }

  /** Drops what was not entered yet. */
  abandon(): void {
    if (this.stack.length > 0) this.isComplete = false;
    this.stack.length = 0;
  }

  report(): ExplorationReport {
    return {
      worlds: this.seen.size,
      steps: this.steps,
      memberStates: this.members.nodes.length,
      ends: this.ends,
      outcomes: this.outcomes,
      isComplete: this.isComplete && this.stack.length === 0 && this.violation === undefined,
      violation: this.violation,
    };
  }

  private end(world: World, actions: Trail | undefined): void {
    this.ends++;
    const facts = world.nodes.map((node) => this.members.nodes[node]!.facts);
    const name = facts
      .map((known, place) => (world.vanished === place ? 'vanished' : outcomeName(known)))
      .join(' ');
    this.outcomes.set(name, (this.outcomes.get(name) ?? 0) + 1);
    const text = unfinished(facts, world.vanished);
    if (text !== undefined) this.violation ??= { text, actions: pathOf(actions) };
  }
}

/** Something that can happen next. */
type Action =
  | { readonly type: 'deliver'; readonly from: number; readonly to: number }
  /** What a vanished member still had on the way to `to` is lost, and `to` sees it gone. */
  | { readonly type: 'cut'; readonly from: number; readonly to: number }
  | { readonly type: 'stored'; readonly to: number }
  | { readonly type: 'vanish'; readonly from: number }
  | { readonly type: 'wait' };

interface World {
  /** Index of each member's state. */
  readonly nodes: readonly number[];
  /** Messages by link, [from x count + to]; `CLOSED` when nothing comes any more. */
  readonly links: readonly (readonly number[])[];
  /** Bits of members whose store has not answered yet. */
  readonly storing: number;
  /** The member that vanished, or -1. */
  readonly vanished: number;
  readonly now: number;
}

const CLOSED: readonly number[] = [];

/** A member's state with what it has sent and how it ended. */
interface Node {
  readonly state: AttemptState;
  readonly facts: Facts;
  /** Number of the facts, the same for equal ones. */
  readonly factsNumber: number;
}

/** What a step of a member did. */
interface Move {
  readonly node: number;
  readonly sent: readonly { readonly to: number; readonly message: number }[];
  readonly isStoring: boolean;
}

interface Trail {
  readonly action: Action;
  readonly before: Trail | undefined;
}

/** Members' states and messages by number, and the steps between them. */
class Members {
  readonly nodes: Node[] = [];
  readonly start: World;
  readonly rules;
  private readonly count: number;
  private readonly mayVanish: readonly number[];
  private readonly suite: Suite = simulatedSuite;
  private readonly nodeNumbers = new Map<string, number>();
  private readonly messages: ReceivedMessage[] = [];
  private readonly messageNumbers = new Map<string, number>();
  private readonly moves = new Map<string, Move>();
  private readonly factsNumbers = new Map<string, number>();
  private readonly verdicts = new Map<string, string | undefined>();
  private readonly isReduced: boolean;

  constructor({ memberCount, mode, mayVanish, isReduced = true, scattered }: Exploration) {
    const wordCount = scattered?.wordCount ?? 1;
    this.isReduced = isReduced;
    this.count = memberCount;
    this.mayVanish = mayVanish;
    const signers = Array.from({ length: memberCount }, (_, i) => {
      const secretKey = this.suite.hash(Uint8Array.of(i));
      return { id: peerIdOf(this.suite.signingKey(secretKey)), secretKey };
    }).sort((a, b) => (a.id < b.id ? -1 : 1));
    const proposal: Proposal = {
      room: new Uint8Array(32),
      round: 1,
      attempt: 1,
      nonce: fromHex('000102030405060708090a0b0c0d0e0f'),
      base: new Uint8Array(32),
      parameters: {
        task: 'sum',
        dimension: wordCount,
        clip: 1,
        step: 0,
        weightCap: 0,
        capacity: 0,
        noise: 'off',
        mode,
        transport: 'memory',
      },
      roster: signers.map(({ id }) => id),
      requests: [],
      split: scattered && {
        tileWords: 16,
        shares: signers.map((_, place) => (place < scattered.owners ? 1 : 0)),
      },
    };
    const body = encodeCbor(proposalBody(proposal));
    const updates = signers.map((_, i) => new Uint32Array(wordCount).fill(10 ** i));
    const started = signers.map((signer, place) => {
      const options = { minimum: 3, isInspected: false };
      const setting = attemptSetting(this.suite, signer, proposal, body, options);
      const words = this.suite.stream(
        this.suite.hash(Uint8Array.of(place, 1)),
        Math.ceil(attemptEntropyBytes(memberCount, proposal) / 4),
      );
      const entropy = new Uint8Array(words.buffer, 0, attemptEntropyBytes(memberCount, proposal));
      const [state, effects] = startAttempt(setting, entropy.slice(), 0);
      const contribution = updates[place]!.slice();
      if (contribution.length !== contributionWords(proposal)) throw new Error('another length');
      const [ready, more] = stepAttempt(state, {
        type: 'contribution',
        words: contribution,
        now: 0,
      });
      return this.move(ready, NO_FACTS, [...effects, ...more], 0);
    });
    const { setting } = this.nodes[started[0]!.node]!.state;
    this.rules = {
      roster: proposal.roster,
      updates,
      threshold: setting.threshold,
      minimum: setting.minimum,
    };
    const links = Array.from({ length: memberCount ** 2 }, () => [] as number[]);
    for (const [from, { sent }] of started.entries()) {
      for (const { to, message } of sent) links[from * memberCount + to]!.push(message);
    }
    this.start = {
      nodes: started.map(({ node }) => node),
      links,
      storing: 0,
      vanished: -1,
      now: 0,
    };
  }

  /** The invariant that a world breaks, if any: looked at once for each set of facts. */
  check(world: World): string | undefined {
    const name = world.nodes.map((node) => this.nodes[node]!.factsNumber).join(' ');
    if (!this.verdicts.has(name)) {
      const facts = world.nodes.map((node) => this.nodes[node]!.facts);
      this.verdicts.set(name, brokenInvariant(facts, this.rules));
    }
    return this.verdicts.get(name);
  }

  /** What can happen next; nothing at an end. */
  actionsOf(world: World, isReduced = this.isReduced): readonly Action[] {
    const actions: Action[] = [];
    let fewest: readonly Action[] | undefined;
    const canVanish = world.vanished < 0 && this.mayVanish.length > 0;
    const canReduce = isReduced && !canVanish;
    for (let to = 0; to < this.count; to++) {
      if (to === world.vanished) continue;
      const { own, isClosed } = this.actionsAt(world, to);
      actions.push(...own);
      // Nothing that happens elsewhere can add to what may happen here: this member goes first.
      if (canReduce && isClosed && own.length > 0 && own.length < (fewest?.length ?? Infinity)) {
        fewest = own;
      }
    }
    if (fewest !== undefined) return fewest;
    const isQuiet = actions.length === 0;
    if (canVanish) {
      for (const from of this.mayVanish) actions.push({ type: 'vanish', from });
    }
    if (isQuiet && this.nextDeadline(world) < Infinity) actions.push({ type: 'wait' });
    return isQuiet && this.nextDeadline(world) === Infinity ? [] : actions;
  }

  apply(world: World, action: Action): World {
    switch (action.type) {
      case 'deliver': {
        const link = action.from * this.count + action.to;
        const [message, ...rest] = world.links[link]!;
        const links = world.links.with(link, rest);
        const event = { type: 'message', from: action.from, message: message! } as const;
        return this.stepped({ ...world, links }, action.to, event);
      }
      case 'cut': {
        const links = world.links.with(action.from * this.count + action.to, CLOSED);
        return this.stepped({ ...world, links }, action.to, { type: 'gone', from: action.from });
      }
      case 'stored': {
        const storing = world.storing & ~(1 << action.to);
        return this.stepped({ ...world, storing }, action.to, { type: 'stored' });
      }
      case 'vanish': {
        const links = world.links.map((link, i) =>
          i % this.count === action.from ? CLOSED : link,
        );
        const storing = world.storing & ~(1 << action.from);
        return { ...world, links, storing, vanished: action.from };
      }
      case 'wait': {
        const now = this.nextDeadline(world);
        let next: World = { ...world, now };
        for (let place = 0; place < this.count; place++) {
          if (place !== world.vanished) next = this.stepped(next, place, { type: 'tick' });
        }
        return next;
      }
    }
  }

  private actionsAt(world: World, to: number): { own: Action[]; isClosed: boolean } {
    const own: Action[] = [];
    let isClosed = true;
    if ((world.storing >> to) & 1) own.push({ type: 'stored', to });
    for (let from = 0; from < this.count; from++) {
      if (from === to) continue;
      const link = world.links[from * this.count + to]!;
      if (link.length > 0) own.push({ type: 'deliver', from, to });
      if (from === world.vanished) {
        if (link !== CLOSED) own.push({ type: 'cut', from, to });
      } else if (link.length === 0 && this.nodes[world.nodes[from]!]!.state.phase !== 'over') {
        isClosed = false;
      }
    }
    return { own, isClosed };
  }

  private nextDeadline(world: World): number {
    let next = Infinity;
    for (const [place, node] of world.nodes.entries()) {
      if (place !== world.vanished) next = Math.min(next, this.nodes[node]!.state.deadline);
    }
    return next;
  }

  private stepped(world: World, place: number, event: LocalEvent): World {
    const move = this.step(world.nodes[place]!, event, world.now);
    let { links } = world;
    if (move.sent.length > 0) {
      const longer = [...links];
      for (const { to, message } of move.sent) {
        const link = place * this.count + to;
        if (to !== world.vanished) longer[link] = [...longer[link]!, message];
      }
      links = longer;
    }
    const storing = move.isStoring ? world.storing | (1 << place) : world.storing;
    return { ...world, nodes: world.nodes.with(place, move.node), links, storing };
  }

  /** One member's step, computed once for each state, event and time. */
  private step(number: number, event: LocalEvent, now: number): Move {
    const name = `${number} ${now} ${Object.values(event).join(' ')}`;
    let move = this.moves.get(name);
    if (move === undefined) {
      const { state, facts } = this.nodes[number]!;
      const [next, effects] = stepAttempt(cloneAttempt(state), this.eventOf(state, event, now));
      this.moves.set(name, (move = this.move(next, facts, effects, now)));
    }
    return move;
  }

  private eventOf(state: AttemptState, event: LocalEvent, now: number): AttemptEvent {
    const { roster } = state.setting.proposal;
    switch (event.type) {
      case 'message': {
        const message = this.messages[event.message]!;
        return { type: 'received', from: roster[event.from]!, message, now };
      }
      case 'gone':
        return { type: 'gone', peer: roster[event.from]!, now };
      default:
        return { type: event.type, now };
    }
  }

  private move(
    state: AttemptState,
    before: Facts,
    effects: readonly AttemptEffect[],
    now: number,
  ): Move {
    const { roster } = state.setting.proposal;
    const sent: { to: number; message: number }[] = [];
    let facts = before;
    let isStoring = false;
    const pending = [...effects];
    for (const effect of pending) {
      switch (effect.type) {
        case 'send': {
          const message = this.messageNumber(effect.message);
          facts = addSent(facts, this.messages[message]!.content, state);
          for (const peer of effect.to) sent.push({ to: roster.indexOf(peer), message });
          break;
        }
        case 'store':
          isStoring = true;
          break;
        case 'mask': {
          const { job, words, terms } = effect;
          this.suite.addStreamsInPlace(words, terms);
          const [next, more] = stepAttempt(state, { type: 'masked', job, words, now });
          state = next;
          pending.push(...more);
          break;
        }
        case 'violation':
          facts = { ...facts, accused: effect.evidence };
          break;
        case 'outcome':
          facts = { ...facts, outcomes: [...facts.outcomes, effect.outcome] };
          break;
      }
    }
    return { node: this.nodeNumber(state, facts), sent, isStoring };
  }

  private nodeNumber(state: AttemptState, facts: Facts): number {
    const factsName = fingerprintOf(facts);
    const name = `${fingerprintOf(state)} ${factsName}`;
    let number = this.nodeNumbers.get(name);
    if (number === undefined) {
      const factsNumber = this.factsNumbers.get(factsName) ?? this.factsNumbers.size;
      this.factsNumbers.set(factsName, factsNumber);
      number = this.nodes.push({ state, facts, factsNumber }) - 1;
      this.nodeNumbers.set(name, number);
    }
    return number;
  }

  private messageNumber(bytes: Uint8Array): number {
    const name = fingerprintOf(bytes);
    let number = this.messageNumbers.get(name);
    if (number === undefined) {
      const { message } = readAttemptMessage(openEnvelope(bytes), bytes)!;
      number = this.messages.push(message) - 1;
      this.messageNumbers.set(name, number);
    }
    return number;
  }
}

type LocalEvent =
  | { readonly type: 'message'; readonly from: number; readonly message: number }
  | { readonly type: 'gone'; readonly from: number }
  | { readonly type: 'stored' }
  | { readonly type: 'tick' };

/** Everything that decides what can follow. */
function keyOf(world: World): string {
  let key = String.fromCharCode(world.vanished + 1, world.storing, world.now & 0xffff);
  for (const node of world.nodes) key += String.fromCharCode(node & 0xffff, node >> 16);
  for (const link of world.links) {
    key += link === CLOSED ? '\uffff' : String.fromCharCode(link.length, ...link);
  }
  return key;
}

function shuffled(actions: readonly Action[], random: SeededRandom): readonly Action[] {
  const order = [...actions];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

function pathOf(trail: Trail | undefined): readonly string[] {
  const path: string[] = [];
  for (let at = trail; at !== undefined; at = at.before) {
    path.push(Object.values(at.action).join(' '));
  }
  return path.reverse();
}
