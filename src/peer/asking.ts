/**
 * Asking a room: a question goes round, each person sees it and accepts or declines, and whoever accepted gives its
 * answer to one masked sum.
 *
 * What leaves a peer before that is whether it would answer. The sum is of exactly this question (its hash is in what
 * all must agree on), and of `minGroup` people at least, which every peer enforces for itself.
 *
 * @module
 */
import { ASK_LINK_MS, ASK_TIMEOUT_MS, MAX_LINKS, MAX_QUESTIONS } from '../config.ts';
import { RoundFailed } from '../errors.ts';
import type { PeerId } from '../ids.ts';
import { DEFAULT_DELTA } from '../privacy/noise.ts';
import type { Note } from '../round/messages.ts';
import { exposed, topicOf } from '../task/differencing.ts';
import {
  answerOf,
  checkedQuestion,
  lengthOf,
  normOf,
  valuesOf,
  type OwnAnswer,
  type Question,
  type RoomAnswer,
} from '../task/question.ts';
import { encodeAskNote, nameOfQuestion, readAskNote, type AskNote } from './ask-notes.ts';
import { multiplierFor } from './noise-parameters.ts';
import type { SessionEvent } from './session.ts';
import type { SumTurns } from './sum-turns.ts';
import type { AggregateOptions, AggregateResult, Announcement } from './summing.ts';
import type { NoiseChoice, SessionView } from './view.ts';

/** What asking needs of a session. */
export interface AskRoom {
  /** What the session shows. */
  readonly view: SessionView;
  /** Calls `listener` at everything that happens; the answer ends it. */
  subscribeEvents(listener: (event: SessionEvent) => void): () => void;
  /** Tells linked peers something beside rounds. */
  tell(note: Note, to?: readonly PeerId[]): void;
  /** Says which sum this peer will ask for. */
  announce(announced: Announcement | undefined): void;
  /** Turns with whoever else sums here. */
  readonly turns: SumTurns;
  /** The masked sum. */
  aggregate(values: ArrayLike<number>, options?: AggregateOptions): Promise<AggregateResult>;
}

/** Where a question is: replies are awaited, summed now, answered, or over without an answer. */
export type AskPhase = 'open' | 'summing' | 'answered' | 'over';

/** A question as a person sees it. */
export interface QuestionView {
  /** Names it in `accept`, `decline` and the like. */
  readonly name: string;
  /** What is asked. */
  readonly question: Question;
  /** Who asks. */
  readonly asker: PeerId;
  /** This person asks. */
  readonly isOwn: boolean;
  /** Where it is. */
  readonly phase: AskPhase;
  /** This person's reply; undefined until there is one. */
  readonly accepted: boolean | undefined;
  /** Who would answer, the asker first; this peer included. */
  readonly accepting: readonly PeerId[];
  /** Who declined. */
  readonly declining: readonly PeerId[];
  /** The asker may have it summed: enough accepted. */
  readonly mayGo: boolean;
  /** What the sum says; undefined before. */
  readonly answer: RoomAnswer | undefined;
  /** Who is in the answer. */
  readonly included: readonly PeerId[];
  /** The sum came without this peer's answer. */
  readonly isMissed: boolean;
  /** Of an earlier answer to the same question: who alone is in just one of the two groups. */
  readonly exposed: readonly PeerId[];
  /** Why there is no answer: one sentence. */
  readonly problem: string | undefined;
}

interface Asked {
  readonly name: string;
  readonly question: Question;
  readonly serial: number;
  readonly asker: PeerId;
  readonly replies: Map<PeerId, boolean>;
  phase: AskPhase;
  own: OwnAnswer | undefined;
  answer: RoomAnswer | undefined;
  included: readonly PeerId[];
  isMissed: boolean;
  /** It ended since its asker left. */
  isLost: boolean;
  problem: string | undefined;
}

/** The questions of one room, from one peer's side. */
export class Asking {
  readonly #room: AskRoom;
  readonly #onChange: () => void;
  readonly #stop = new AbortController();
  readonly #unsubscribe: () => void;
  #asked: readonly Asked[] = [];
  /** From anywhere: whoever comes again must not name a new question like an old one. */
  #serial = crypto.getRandomValues(new Uint32Array(1))[0]!;
  /** Replies to questions that have not arrived yet: the newest of each linked peer. */
  readonly #early = new Map<PeerId, AskNote & { type: 'reply' }>();
  #hasAnnounced = false;

  constructor(room: AskRoom, onChange: () => void) {
    this.#room = room;
    this.#onChange = onChange;
    this.#unsubscribe = room.subscribeEvents((event) => {
      this.#onEvent(event);
    });
    this.#tell({ type: 'hello' });
  }

  /** Every question that is remembered, the newest first. */
  get view(): readonly QuestionView[] {
    return [...this.#asked].reverse().map((asked) => this.#viewOf(asked));
  }

  /**
   * Asks the room. Whoever asks answers, too: only those in a sum hear what it says.
   *
   * @returns What names the question.
   * @throws QuestionMistake when question or answer cannot be.
   */
  ask(question: Question, answer: OwnAnswer): string {
    const checked = checkedQuestion({
      ...question,
      minGroup: Math.max(question.minGroup, this.#room.view.merging.minPeers),
    });
    valuesOf(checked, answer);
    for (const open of this.#asked) {
      if (open.asker === this.#self && open.phase === 'open') this.withdraw(open.name);
    }
    this.#serial += 1;
    const asked = this.#remember(this.#self, checked, this.#serial);
    asked.own = answer;
    asked.replies.set(this.#self, true);
    this.#announce();
    this.#tell({ type: 'question', question: checked, serial: asked.serial });
    this.#onChange();
    return asked.name;
  }

  /**
   * Accepts a question with an answer, which stays here until the asker has the sum made.
   *
   * @throws QuestionMistake when the answer is none that the question takes.
   */
  accept(name: string, answer: OwnAnswer): void {
    const asked = this.#open(name);
    if (asked === undefined) return;
    valuesOf(asked.question, answer);
    asked.own = answer;
    this.#reply(asked, true);
  }

  /** Declines a question; also takes an acceptance back, until the sum is made. */
  decline(name: string): void {
    const asked = this.#open(name);
    if (asked === undefined) return;
    asked.own = undefined;
    this.#reply(asked, false);
  }

  /** Has the sum made of those who accepted: only by whoever asked, once they are enough. */
  go(name: string): void {
    const asked = this.#open(name);
    if (asked === undefined) return;
    const { mayGo, accepting } = this.#viewOf(asked);
    if (!mayGo) return;
    const company = accepting.slice(0, MAX_LINKS);
    this.#tell({ type: 'go', name, company });
    this.#sum(asked, company);
  }

  /** Takes the own question back. */
  withdraw(name: string): void {
    const asked = this.#open(name);
    if (asked?.asker !== this.#self) return;
    this.#tell({ type: 'withdrawn', name });
    this.#end(asked, 'You took the question back.');
  }

  /** Takes part no more. */
  close(): void {
    for (const open of this.#asked) {
      if (open.asker === this.#self && open.phase === 'open') this.withdraw(open.name);
    }
    this.#stop.abort();
    this.#unsubscribe();
    if (this.#hasAnnounced) this.#room.announce(undefined);
  }

  get #self(): PeerId {
    return this.#room.view.self.id;
  }

  #open(name: string): Asked | undefined {
    return this.#asked.find((asked) => asked.name === name && asked.phase === 'open');
  }

  #remember(asker: PeerId, question: Question, serial: number): Asked {
    const asked: Asked = {
      name: nameOfQuestion(asker, question, serial),
      question,
      serial,
      asker,
      replies: new Map([[asker, true]]),
      phase: 'open',
      own: undefined,
      answer: undefined,
      included: [],
      isMissed: false,
      isLost: false,
      problem: undefined,
    };
    for (const [peer, { name, accepts }] of this.#early) {
      if (name === asked.name && peer !== asker) asked.replies.set(peer, accepts);
    }
    this.#asked = this.#kept([...this.#asked, asked]);
    return asked;
  }

  /**
   * As many as one remembers. What others ask again and again pushes out neither what waits for somebody nor an
   * answer, which a later one is compared with: of each peer one question is open, and answers take a person's word.
   */
  #kept(all: readonly Asked[]): readonly Asked[] {
    const spare = (phase: AskPhase): ReadonlySet<Asked> => {
      const such = all.filter((asked) => asked.phase === phase);
      return new Set(such.slice(0, Math.max(0, such.length - MAX_QUESTIONS)));
    };
    const over = spare('over');
    const answered = spare('answered');
    return all.filter((asked) => !over.has(asked) && !answered.has(asked));
  }

  #reply(asked: Asked, accepts: boolean): void {
    asked.replies.set(this.#self, accepts);
    this.#announce();
    this.#tell({ type: 'reply', name: asked.name, accepts });
    this.#onChange();
  }

  #onEvent(event: SessionEvent): void {
    switch (event.type) {
      case 'peer-joined':
        for (const asked of this.#asked)
          if (asked.phase === 'open') this.#repeat(asked, event.peer);
        return;
      case 'peer-left':
        this.#early.delete(event.peer);
        for (const asked of this.#asked) {
          if (asked.phase !== 'open') continue;
          asked.replies.delete(event.peer);
          if (asked.asker !== event.peer) continue;
          asked.isLost = true;
          this.#end(asked, 'Whoever asked has left.');
        }
        this.#onChange();
        return;
      case 'note': {
        const note = readAskNote(event.note);
        if (note !== undefined) this.#hear(event.from, note);
        return;
      }
      default:
    }
  }

  #hear(from: PeerId, note: AskNote): void {
    switch (note.type) {
      case 'hello':
        for (const asked of this.#asked) if (asked.phase === 'open') this.#repeat(asked, from);
        return;
      case 'question': {
        const name = nameOfQuestion(from, note.question, note.serial);
        const known = this.#asked.find((other) => other.name === name);
        if (known !== undefined && !known.isLost) return;
        // Whoever asked was only cut off: what was said then, it has to be told again.
        this.#asked = this.#asked.filter((other) => other !== known);
        for (const old of this.#asked) {
          if (old.asker === from && old.phase === 'open') this.#end(old, 'It was asked anew.');
        }
        this.#remember(from, note.question, note.serial);
        break;
      }
      case 'reply': {
        const asked = this.#open(note.name);
        if (asked === undefined) this.#early.set(from, note);
        if (asked === undefined || from === asked.asker) return;
        asked.replies.set(from, note.accepts);
        break;
      }
      case 'go': {
        const asked = this.#open(note.name);
        if (asked?.asker !== from) return;
        if (asked.own === undefined) this.#end(asked, 'The others have answered it without you.');
        else this.#sum(asked, note.company);
        break;
      }
      case 'withdrawn': {
        const asked = this.#open(note.name);
        if (asked?.asker !== from) return;
        this.#end(asked, 'It was taken back.');
        break;
      }
    }
    this.#onChange();
  }

  /** To a peer that has just come: the own question, or the own reply to another's. */
  #repeat(asked: Asked, to: PeerId): void {
    const { name, question, serial, asker } = asked;
    if (asker === this.#self) this.#tell({ type: 'question', question, serial }, [to]);
    const reply = asked.replies.get(this.#self);
    if (asker !== this.#self && reply !== undefined) {
      this.#tell({ type: 'reply', name, accepts: reply }, [to]);
    }
  }

  /** The others wait a moment for whoever said that it will be in the next sum. */
  #announce(): void {
    const next = this.#asked.find(({ phase, own }) => phase === 'open' && own !== undefined);
    // Somebody else may have announced something in this room.
    if (next === undefined && !this.#hasAnnounced) return;
    this.#hasAnnounced = next !== undefined;
    if (next === undefined) this.#room.announce(undefined);
    else this.#room.announce({ ...termsOf(next), dimension: lengthOf(next.question), clip: 1 });
  }

  #sum(asked: Asked, company: readonly PeerId[]): void {
    asked.phase = 'summing';
    this.#onChange();
    this.#untilLinked(company)
      .then(() =>
        this.#room.turns.take(termsOf(asked).plan.name, (pause) => this.#summed(asked, pause)),
      )
      .catch((error: unknown) => {
        this.#end(asked, sentenceOf(error, asked.question));
      })
      .finally(() => {
        if (!this.#stop.signal.aborted) this.#announce();
        this.#onChange();
      });
  }

  /** Until all who are to be in a sum are linked to this peer, as a roster must be; not for ever. */
  #untilLinked(company: readonly PeerId[]): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const look = (): void => {
        const linked = this.#room.view.peers.filter(({ link }) => link === 'linked');
        const isHere = (id: PeerId): boolean =>
          id === this.#self || linked.some((peer) => peer.id === id);
        if (company.every(isHere)) end();
      };
      const timer = setTimeout(end, ASK_LINK_MS);
      const stop = this.#room.subscribeEvents(({ type }) => {
        if (type === 'peer-joined' || type === 'peer-left') look();
      });
      look();
    });
  }

  async #summed(asked: Asked, pause: AbortSignal): Promise<void> {
    const { question, own } = asked;
    const terms = termsOf(asked);
    const limit = AbortSignal.timeout(ASK_TIMEOUT_MS);
    const signal = AbortSignal.any([this.#stop.signal, pause, limit]);
    let missed: AggregateResult | undefined;
    const onMissed = (result: AggregateResult): void => {
      missed = result;
    };
    let result: AggregateResult;
    try {
      const values = valuesOf(question, own!);
      result = await this.#room.aggregate(values, { ...terms, clip: 1, signal, onMissed });
    } catch (error) {
      if (missed === undefined) throw error;
      asked.isMissed = true;
      result = missed;
    }
    const deviation = deviationOf(terms.noise, question, result.count);
    asked.answer = answerOf(question, result.sum, result.count, deviation);
    asked.included = result.included;
    asked.phase = 'answered';
  }

  #end(asked: Asked, problem: string): void {
    asked.phase = 'over';
    asked.own = undefined;
    asked.problem = problem;
    this.#announce();
    this.#onChange();
  }

  #viewOf(asked: Asked): QuestionView {
    const { name, question, asker, phase, replies, answer, included, isMissed, problem } = asked;
    const said = (what: boolean): readonly PeerId[] =>
      [...replies].filter(([, accepts]) => accepts === what).map(([peer]) => peer);
    const accepting = said(true);
    const isOwn = asker === this.#self;
    return {
      name,
      question,
      asker,
      isOwn,
      phase,
      accepted:
        isOwn || asked.own !== undefined || phase === 'answered' ? true : replies.get(this.#self),
      accepting,
      declining: said(false),
      mayGo: isOwn && phase === 'open' && accepting.length >= question.minGroup,
      answer,
      included,
      isMissed,
      exposed: this.#exposedBy(asked, phase === 'answered' ? included : accepting),
      problem,
    };
  }

  /** Whom this answer and an earlier one to the same question would expose together. */
  #exposedBy(asked: Asked, group: readonly PeerId[]): readonly PeerId[] {
    const topic = topicOf(asked.question);
    const earlier = this.#asked
      .slice(0, this.#asked.indexOf(asked))
      .filter((other) => other.phase === 'answered' && topicOf(other.question) === topic);
    return [...new Set(earlier.flatMap(({ included }) => exposed(included, group)))];
  }

  #tell(note: AskNote, to?: readonly PeerId[]): void {
    if (to === undefined) this.#room.tell(encodeAskNote(note));
    else this.#room.tell(encodeAskNote(note), to);
  }
}

/** What the sum of a question has in common for everybody in it. */
function termsOf({ name, question }: Asked): {
  readonly plan: { readonly name: string; readonly step: number };
  readonly minPeers: number;
  readonly noise: NoiseChoice | undefined;
} {
  return {
    plan: { name: `ask ${name}`, step: 0 },
    minPeers: question.minGroup,
    noise: noiseOf(question),
  };
}

/** Noise that keeps the answer within the epsilon of the question, the smallest group being honest but for one. */
export function noiseOf(question: Question): NoiseChoice | undefined {
  const { epsilon, minGroup } = question;
  if (epsilon === undefined) return undefined;
  const others = minGroup - 1;
  const dimension = lengthOf(question);
  const multiplier = multiplierFor(epsilon, DEFAULT_DELTA, dimension, others);
  return { kind: 'distributed', multiplier, clip: normOf(question), delta: DEFAULT_DELTA };
}

/** Standard deviation of the noise in each value of a sum: the share of each in it was set for the smallest group. */
function deviationOf(
  noise: NoiseChoice | undefined,
  { minGroup }: Question,
  count: number,
): number {
  if (noise === undefined) return 0;
  return noise.multiplier * noise.clip * Math.sqrt(count / (minGroup - 1));
}

function sentenceOf(error: unknown, { minGroup }: Question): string {
  if (error instanceof RoundFailed && error.reason === 'spent') {
    return 'Too many left in the middle: the answers may have been learnt without a result, so asking again tells them a second time.';
  }
  const isCalledOff =
    error instanceof RoundFailed
      ? error.reason === 'aborted'
      : error instanceof Error && ['TimeoutError', 'AbortError'].includes(error.name);
  if (isCalledOff) {
    return `Fewer than ${minGroup} people were there for the sum, so nothing was opened.`;
  }
  return error instanceof Error ? error.message : String(error);
}
