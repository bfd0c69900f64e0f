/**
 * The flock as an element of its own: who is in a room, who is linked, and the round that is under way.
 *
 * @module
 */
import type { PropertyValues } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { SessionView } from '../../peer/view.ts';
import { PeerFlock } from '../flock.ts';
import { AloneController } from './looks.ts';

/** What the graph asks of a session: one of `joinRoom`, or anything with views. */
export interface Viewed {
  /** What there is to show now. */
  readonly view: SessionView;
  /** Calls `listener` with each new view; the answer ends it. */
  subscribe(listener: (view: SessionView) => void): () => void;
}

/**
 * The peers of a room and what each is doing, drawn from a session; fills its box.
 *
 * @fires flock-merge - A round that is shown has its result.
 * @cssproperty [--murmuration-ground] - Background.
 * @cssproperty [--murmuration-ink] - Text and lines.
 * @cssproperty [--murmuration-peer-1] - Colour of the first peer; up to `--murmuration-peer-12`.
 */
@customElement('peer-graph')
export class PeerGraph extends PeerFlock {
  /** The session to draw, from now on; instead of it, single views can be given as `view`. */
  @property({ attribute: false }) session: Viewed | undefined;

  #stop: (() => void) | undefined;

  constructor() {
    super();
    new AloneController(this);
  }

  /** Follows the session, again if it was taken out. */
  override connectedCallback(): void {
    super.connectedCallback();
    this.#follow();
  }

  /** Lets go of the session. */
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
    this.#stop = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('session')) this.#follow();
    super.willUpdate(changed);
  }

  #follow(): void {
    this.#stop?.();
    this.#stop = this.session?.subscribe((view) => this.#show(view));
    if (this.session !== undefined) this.#show(this.session.view);
  }

  #show(view: SessionView): void {
    this.view = view;
    if (view.privacy.dimension > 0) this.numbers = view.privacy.dimension;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'peer-graph': PeerGraph;
  }
}
