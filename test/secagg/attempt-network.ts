/**
 * Members of one attempt, wired by FIFO links that deliver when the test says so.
 *
 * @module
 */
import { equalBytes, fromHex } from '../../src/bytes.ts';
import { peerIdOf, type PeerId } from '../../src/ids.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import type { Suite } from '../../src/ports.ts';
import {
  attemptEntropyBytes,
  attemptSetting,
  contributionWords,
  leadersOf,
  openEnvelope,
  proposalBody,
  readAttemptMessage,
  startAttempt,
  stepAttempt,
  type AttemptEffect,
  type AttemptEvent,
  type AttemptOutcome,
  type AttemptState,
  type Combining,
  type Mode,
  type Proposal,
  type Signer,
  type Split,
} from '../../src/secagg/index.ts';
import { encodeCbor } from '../../src/cbor.ts';

/** One member under test. */
export interface Member {
  readonly signer: Signer;
  state: AttemptState;
  isAlive: boolean;
  outcome: AttemptOutcome | undefined;
  readonly update: Uint32Array;
}

/** Bytes that differ with the label and never with the run: tests only. */
export function fixedBytes(suite: Suite, label: string, length: number): Uint8Array {
  const key = suite.hash(new TextEncoder().encode(label));
  const words = suite.stream(key, Math.ceil(length / 4));
  return new Uint8Array(words.buffer).slice(0, length);
}

/** What a network of members is made of. */
export interface NetworkOptions {
  /** The real suite, in its form for Node, unless said otherwise. */
  readonly suite?: Suite;
  readonly mode?: Mode;
  readonly dimension?: number;
  readonly minimum?: number;
  /** Whether "contributed" can be kept, as is the rule. */
  readonly canStore?: boolean;
  /** Keep all that was sent, as is the rule; false for vectors too large to keep them all. */
  readonly keepsLog?: boolean;
  /** Members are handed the very arrays of their updates, which are changed then. */
  readonly givesUpdate?: boolean;
  /** Scatters words among owners in place of broadcasting them: tiles of so many, shares of each. */
  readonly split?: Split;
  /** Sums in buckets, where there are enough members. */
  readonly combining?: Combining;
  /** Peers that all sums together may include, in a line of a larger room. */
  readonly capacity?: number;
  /** Number of the attempt, 1 unless said otherwise. */
  readonly attempt?: number;
  /** What the members' keys are drawn from, in place of the number of the attempt. */
  readonly entropy?: string;
  /** The smallest sum that a member accepts, in place of `minimum`. */
  readonly minimumOf?: (isLeader: boolean) => number;
  /** The update of the member at a place, in place of `updates`. */
  readonly updateOf?: (place: number) => Uint32Array;
  /** `counted`: updates of small numbers that do not depend on the suite. */
  readonly updates?: 'uniform' | 'counted';
  /** What really goes onto a link in place of a message: lets a member lie. */
  readonly tamper?: (
    from: Member,
    to: PeerId,
    bytes: Uint8Array,
  ) => readonly Uint8Array[] | undefined;
}

/** Builds a roster and lets every member accept the same proposal. */
export class AttemptNetwork {
  readonly members: Member[] = [];
  readonly queues = new Map<string, Uint8Array[]>();
  readonly violations: string[] = [];
  /** Everything that honest code sent, in order. */
  readonly log: { readonly from: PeerId; readonly to: PeerId; readonly bytes: Uint8Array }[] = [];
  private readonly tamper: NetworkOptions['tamper'];
  private readonly keepsLog: boolean;
  private readonly canStore: boolean;
  now = 0;

  constructor(count: number, options: NetworkOptions = {}) {
    this.tamper = options.tamper;
    this.keepsLog = options.keepsLog ?? true;
    this.canStore = options.canStore ?? true;
    const suite = options.suite ?? nodeSuite;
    const signers = Array.from({ length: count }, (_, i): Signer => {
      const secretKey = fixedBytes(suite, `identity ${i}`, 32);
      return { id: peerIdOf(suite.signingKey(secretKey)), secretKey };
    }).sort((a, b) => (a.id < b.id ? -1 : 1));
    const proposal: Proposal = {
      room: new Uint8Array(32),
      round: 1,
      attempt: options.attempt ?? 1,
      nonce: fromHex('000102030405060708090a0b0c0d0e0f'),
      base: new Uint8Array(32),
      parameters: {
        task: 'sum',
        dimension: options.dimension ?? 4,
        clip: 1,
        step: 0,
        weightCap: 0,
        capacity: options.capacity ?? 0,
        noise: 'off',
        mode: options.mode ?? 'active',
        transport: 'memory',
        combining: options.combining,
      },
      roster: signers.map(({ id }) => id),
      requests: [],
      split: options.split,
    };
    const body = encodeCbor(proposalBody(proposal));
    const [leader] = leadersOf(suite, proposal);
    for (const [i, signer] of signers.entries()) {
      const setting = attemptSetting(suite, signer, proposal, body, {
        minimum: options.minimumOf?.(leader === signer.id) ?? options.minimum ?? 3,
        isInspected: true,
      });
      const entropy = fixedBytes(
        suite,
        `entropy ${i} ${options.entropy ?? options.attempt ?? 1}`,
        attemptEntropyBytes(count, proposal),
      );
      const [state, effects] = startAttempt(setting, entropy, 0);
      const wordCount = contributionWords(proposal);
      const update =
        options.updateOf?.(i) ??
        (options.updates === 'counted'
          ? new Uint32Array(wordCount).map((_, word) => 1000 * i + word + 1)
          : suite.stream(suite.hash(Uint8Array.of(i)), wordCount));
      const member: Member = { signer, state, isAlive: true, outcome: undefined, update };
      this.members.push(member);
      this.apply(member, effects);
    }
    for (const member of this.members) {
      const words = options.givesUpdate === true ? member.update : member.update.slice();
      this.step(member, { type: 'contribution', words, now: 0 });
    }
  }

  step(member: Member, event: AttemptEvent): void {
    if (!member.isAlive) return;
    const [state, effects] = stepAttempt(member.state, event);
    member.state = state;
    this.apply(member, effects);
  }

  apply(member: Member, effects: readonly AttemptEffect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'send':
          for (const to of effect.to) {
            const sent = this.tamper?.(member, to, effect.message) ?? [effect.message];
            this.queue(member.signer.id, to).push(...sent);
            if (this.keepsLog) this.log.push({ from: member.signer.id, to, bytes: effect.message });
          }
          break;
        case 'store':
          if (this.canStore) this.step(member, { type: 'stored', now: this.now });
          break;
        case 'mask': {
          const { job, words, terms } = effect;
          member.state.setting.suite.addStreamsInPlace(words, terms);
          this.step(member, { type: 'masked', job, words, now: this.now });
          break;
        }
        case 'violation':
          this.violations.push(effect.evidence);
          break;
        case 'outcome':
          member.outcome = effect.outcome;
          break;
      }
    }
  }

  queue(from: PeerId, to: PeerId): Uint8Array[] {
    const name = `${from}>${to}`;
    let queue = this.queues.get(name);
    if (queue === undefined) this.queues.set(name, (queue = []));
    return queue;
  }

  /** Delivers one message of each link; false when all were empty. */
  deliver(onMessage?: (type: string) => void): boolean {
    let isBusy = false;
    for (const sender of this.members) {
      for (const receiver of this.members) {
        const bytes = this.queue(sender.signer.id, receiver.signer.id).shift();
        if (bytes === undefined) continue;
        isBusy = true;
        onMessage?.(openEnvelope(bytes).type);
        this.receive(receiver, sender.signer.id, bytes);
      }
    }
    return isBusy;
  }

  receive(receiver: Member, from: PeerId, bytes: Uint8Array): void {
    const read = readAttemptMessage(openEnvelope(bytes), bytes);
    if (read === undefined) throw new Error('not a message of an attempt');
    // As the round does: what belongs to another attempt is dropped unread.
    if (!equalBytes(read.tag, receiver.state.setting.tag)) return;
    this.step(receiver, { type: 'received', from, message: read.message, now: this.now });
  }

  /** Lets a member vanish; the others notice. */
  vanish(member: Member, loses: 'nothing' | 'queued' = 'nothing'): void {
    member.isAlive = false;
    for (const other of this.members) {
      if (other === member) continue;
      if (loses === 'queued') this.queue(member.signer.id, other.signer.id).length = 0;
      this.step(other, { type: 'gone', peer: member.signer.id, now: this.now });
    }
  }

  /** Delivers everything, then lets time pass, until nothing more happens. */
  run(onMessage?: (type: string) => void): void {
    for (let rounds = 0; rounds < 50; rounds++) {
      while (this.deliver(onMessage));
      const deadlines = this.members.filter((m) => m.isAlive).map((m) => m.state.deadline);
      const next = Math.min(...deadlines);
      if (next === Infinity) return;
      this.now = next;
      for (const member of this.members) this.step(member, { type: 'tick', now: this.now });
    }
  }

  /** Sum of the updates of these members modulo 2^32. */
  sumOf(ids: readonly PeerId[]): Uint32Array {
    const sum = new Uint32Array(this.members[0]!.update.length);
    for (const member of this.members) {
      if (!ids.includes(member.signer.id)) continue;
      for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + member.update[i]!;
    }
    return sum;
  }
}
