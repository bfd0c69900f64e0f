/**
 * The questions of one room that are remembered, and what a person sees of each.
 *
 * @module
 */
import { MAX_QUESTIONS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import { exposed, topicOf } from '../task/differencing.ts';
import type { OwnAnswer, Question, RoomAnswer } from '../task/question.ts';
import { nameOfQuestion, type AskNote } from './ask-notes.ts';

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

/** A question as it is remembered. */
export interface Asked {
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

/** Remembers questions, the oldest first, and replies that come before theirs. */
export class QuestionBook {
  #asked: readonly Asked[] = [];
  /** Replies to questions that have not arrived yet: the newest of each linked peer. */
  readonly #early = new Map<PeerId, AskNote & { type: 'reply' }>();

  get all(): readonly Asked[] {
    return this.#asked;
  }

  /** Those that wait for replies: of one asker, or of all. */
  openOf(asker?: PeerId): readonly Asked[] {
    return this.#asked.filter(
      (asked) => asked.phase === 'open' && (asker === undefined || asked.asker === asker),
    );
  }

  open(name: string): Asked | undefined {
    return this.#asked.find((asked) => asked.name === name && asked.phase === 'open');
  }

  remember(asker: PeerId, question: Question, serial: number): Asked {
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

  /** Forgets one. */
  forget(asked: Asked): void {
    this.#asked = this.#asked.filter((other) => other !== asked);
  }

  /** Takes a reply to a question that has not arrived yet. */
  replyBefore(from: PeerId, reply: AskNote & { type: 'reply' }): void {
    this.#early.set(from, reply);
  }

  /** A peer is gone: it replies to nothing. */
  dropReplies(peer: PeerId): void {
    this.#early.delete(peer);
    for (const asked of this.openOf()) asked.replies.delete(peer);
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

  viewOf(asked: Asked, self: PeerId): QuestionView {
    const { name, question, asker, phase, replies, answer, included, isMissed, problem } = asked;
    const said = (what: boolean): readonly PeerId[] =>
      [...replies].filter(([, accepts]) => accepts === what).map(([peer]) => peer);
    const accepting = said(true);
    const isOwn = asker === self;
    return {
      name,
      question,
      asker,
      isOwn,
      phase,
      accepted: isOwn || asked.own !== undefined || phase === 'answered' ? true : replies.get(self),
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
}
