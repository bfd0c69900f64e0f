/**
 * What a session tells: a view when something changed, at most once a frame, and each event as it happens.
 *
 * @module
 */
import type { SessionEvent } from './session-options.ts';
import type { ProblemView, SessionView } from './view.ts';

/** Views are rebuilt at most once in this time, ms: a frame. */
const VIEW_INTERVAL_MS = 16;

/** The newest problems are shown, the others are past. */
const MAX_PROBLEMS = 8;

/** Listeners, and what they are told. */
export class Telling {
  readonly #build: () => SessionView;
  readonly #listeners = new Set<(view: SessionView) => void>();
  readonly #eventListeners = new Set<(event: SessionEvent) => void>();
  #problems: readonly ProblemView[] = [];
  #view: SessionView | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param build - Makes the view of now. */
  constructor(build: () => SessionView) {
    this.#build = build;
  }

  get view(): SessionView {
    this.#view ??= this.#build();
    return this.#view;
  }

  /** What a person must know, the newest last. */
  get problems(): readonly ProblemView[] {
    return this.#problems;
  }

  subscribe(listener: (view: SessionView) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  subscribeEvents(listener: (event: SessionEvent) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  emit(event: SessionEvent): void {
    for (const listener of this.#eventListeners) listener(event);
  }

  /** The view is another from now on. */
  changed(): void {
    this.#view = undefined;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const listener of this.#listeners) listener(this.view);
    }, VIEW_INTERVAL_MS);
  }

  addProblem(code: string, message: string): void {
    const others = this.#problems.filter((problem) => problem.message !== message);
    const problem = { code, message };
    this.#problems = [...others, problem].slice(-MAX_PROBLEMS);
    this.emit({ type: 'problem', problem });
    this.changed();
  }

  /** Problems with these codes are over. */
  forgetProblems(codes: ReadonlySet<string>): void {
    this.#problems = this.#problems.filter(({ code }) => !codes.has(code));
  }

  /** No view comes any more. */
  quieten(): void {
    clearTimeout(this.#timer);
  }

  /** Nobody listens any more. */
  end(): void {
    this.#listeners.clear();
    this.#eventListeners.clear();
  }
}
