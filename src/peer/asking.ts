/**
 * Asking a room: a question goes round, each person sees it and accepts or declines, and whoever accepted gives its
 * answer to one masked sum.
 *
 * What leaves a peer before that is whether it would answer. The sum is of exactly this question (its hash is in what
 * all must agree on), and of `minGroup` people at least, which every peer enforces for itself.
 *
 * @module
 */
import { ASK_LINK_MS, ASK_TIMEOUT_MS, MAX_LINKS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import type { Note } from '../round/messages.ts';
import {
  answerOf,
  checkedQuestion,
  lengthOf,
  valuesOf,
  type OwnAnswer,
  type Question,
} from '../task/question.ts';
import { encodeAskNote, nameOfQuestion, readAskNote, type AskNote } from './ask-notes.ts';
import { QuestionBook, type Asked, type QuestionView } from './question-book.ts';
import { deviationOf, sentenceOf, termsOf } from './question-terms.ts';
import type { SessionEvent } from './session.ts';
import type { SumTurns } from './sum-turns.ts';
import type { AggregateOptions, AggregateResult, Announcement } from './summing.ts';
import type { SessionView } from './view.ts';

export type { AskPhase, QuestionView } from './question-book.ts';

/** What asking needs of a session. */
export interface AskRoom {
  /** What the session shows. */
  readonly view: SessionView;
  /** Calls `listener` at everything that happens; the answer ends it. */
  subscribeEvents(listener: (event: SessionEvent) => void): () => void;
  /** Tells linked peers something beside rounds. */
  tell(note: Note, to?: readonly PeerId[]): void;
  /** Says which sum this peer will ask for; the answer takes that back. */
  announce(announced: Announcement): () => void;
  /** Turns with whoever else sums here. */
  readonly turns: SumTurns;
  /** The masked sum. */
  aggregate(values: ArrayLike<number>, options?: AggregateOptions): Promise<AggregateResult>;
}

/** The questions of one room, from one peer's side. */
export class Asking {
  readonly #room: AskRoom;
  readonly #onChange: () => void;
  readonly #stop = new AbortController();
  readonly #unsubscribe: () => void;
  readonly #book = new QuestionBook();
  /** From anywhere: whoever comes again must not name a new question like an old one. */
  #serial = crypto.getRandomValues(new Uint32Array(1))[0]!;
  /** The question whose sum the others were told of. */
  #announced: { readonly asked: Asked; readonly takeBack: () => void } | undefined;

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
    return [...this.#book.all].reverse().map((asked) => this.#book.viewOf(asked, this.#self));
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
    for (const open of this.#book.openOf(this.#self)) this.withdraw(open.name);
    this.#serial += 1;
    const asked = this.#book.remember(this.#self, checked, this.#serial);
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
    const asked = this.#book.open(name);
    if (asked === undefined) return;
    valuesOf(asked.question, answer);
    asked.own = answer;
    this.#reply(asked, true);
  }

  /** Declines a question; also takes an acceptance back, until the sum is made. */
  decline(name: string): void {
    const asked = this.#book.open(name);
    if (asked === undefined) return;
    asked.own = undefined;
    this.#reply(asked, false);
  }

  /** Has the sum made of those who accepted: only by whoever asked, once they are enough. */
  go(name: string): void {
    const asked = this.#book.open(name);
    if (asked === undefined) return;
    const { mayGo, accepting } = this.#book.viewOf(asked, this.#self);
    if (!mayGo) return;
    const company = accepting.slice(0, MAX_LINKS);
    this.#tell({ type: 'go', name, company });
    this.#sum(asked, company);
  }

  /** Takes the own question back. */
  withdraw(name: string): void {
    const asked = this.#book.open(name);
    if (asked?.asker !== this.#self) return;
    this.#tell({ type: 'withdrawn', name });
    this.#end(asked, 'You took the question back.');
  }

  /** Takes part no more. */
  close(): void {
    for (const open of this.#book.openOf(this.#self)) this.withdraw(open.name);
    this.#stop.abort();
    this.#unsubscribe();
    this.#announced?.takeBack();
  }

  get #self(): PeerId {
    return this.#room.view.self.id;
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
        for (const asked of this.#book.openOf()) this.#repeat(asked, event.peer);
        return;
      case 'peer-left':
        this.#book.dropReplies(event.peer);
        for (const asked of this.#book.openOf(event.peer)) {
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
        for (const asked of this.#book.openOf()) this.#repeat(asked, from);
        return;
      case 'question': {
        const name = nameOfQuestion(from, note.question, note.serial);
        const known = this.#book.all.find((other) => other.name === name);
        if (known !== undefined && !known.isLost) return;
        // Whoever asked was only cut off: what was said then, it has to be told again.
        if (known !== undefined) this.#book.forget(known);
        for (const old of this.#book.openOf(from)) this.#end(old, 'It was asked anew.');
        this.#book.remember(from, note.question, note.serial);
        break;
      }
      case 'reply': {
        const asked = this.#book.open(note.name);
        if (asked === undefined) this.#book.replyBefore(from, note);
        if (asked === undefined || from === asked.asker) return;
        asked.replies.set(from, note.accepts);
        break;
      }
      case 'go': {
        const asked = this.#book.open(note.name);
        if (asked?.asker !== from) return;
        if (asked.own === undefined) this.#end(asked, 'The others have answered it without you.');
        else this.#sum(asked, note.company);
        break;
      }
      case 'withdrawn': {
        const asked = this.#book.open(note.name);
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
    const next = this.#book.openOf().find(({ own }) => own !== undefined);
    if (next === this.#announced?.asked) return;
    this.#announced?.takeBack();
    if (next === undefined) {
      this.#announced = undefined;
      return;
    }
    const terms = { ...termsOf(next), dimension: lengthOf(next.question), clip: 1 };
    this.#announced = { asked: next, takeBack: this.#room.announce(terms) };
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

  #tell(note: AskNote, to?: readonly PeerId[]): void {
    if (to === undefined) this.#room.tell(encodeAskNote(note));
    else this.#room.tell(encodeAskNote(note), to);
  }
}
