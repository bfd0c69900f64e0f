/**
 * A room that learns spam: your messages, the round, and what the words of a message weigh, alone and together.
 *
 * The element knows what the session shows and nothing of the session: wishes leave as events.
 *
 * @module
 */
import { html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { PeerId } from '../ids.ts';
import type { Inspection, SessionView, SpamView } from '../peer/view.ts';
import { INBOXES, SPAM_VOCABULARY } from '../task/spam/messages.ts';
import { controlsStyles } from './controls-styles.ts';
import './federation-empty.ts';
import './flock.ts';
import { headline } from './headline.ts';
import { icon } from './icons.ts';
import './masked-strips.ts';
import './now-line.ts';
import './peer-list.ts';
import { peerCount } from './peer-words.ts';
import { RoomCommandEvent } from './room-command.ts';
import type { RoomCommand } from './room-command.ts';
import { problemList, requestList } from './room-notices.ts';
import { roomPageStyles } from './room-page-styles.ts';
import './round-stages-title.ts';
import './round-stages.ts';
import { SightController } from './sight.ts';
import './spam-ask.ts';
import './spam-inbox.ts';
import type { MessageFlaggedEvent } from './spam-inbox.ts';
import { spamRoomStyles } from './spam-room-styles.ts';
import {
  CHECK_EXAMPLES,
  heaviestWords,
  mergedWords,
  messageWords,
  rightOf,
  scaleOf,
  weightBars,
} from './spam-words.ts';
import { explain } from './terms/explain.ts';
import { serverWords } from './view-words.ts';
import './word-bars.ts';
import type { Pointed, WordsPointedEvent } from './words-pointed.ts';

/** Words shown of a model: so many that speak for spam, so many against; and the weight of a full bar at least. */
const SPAM_WORDS = 9;
const FINE_WORDS = 6;
const LEAST_SCALE = 0.1;

/** The names under which the messages of the task stand in the choice. */
const INBOX_NAMES = ['Amara’s: prizes', 'Bence’s: the parcel scam', 'Chloé’s: sure profits'];

/** The page of a spam room whose session is open. */
@customElement('spam-room')
export class SpamRoom extends LitElement {
  static override styles = [controlsStyles, roomPageStyles, spamRoomStyles];

  /** What the session shows. */
  @property({ attribute: false }) view: SessionView | undefined;
  /** What the further peers of this tab show, by id. */
  @property({ attribute: false }) here: ReadonlyMap<PeerId, SessionView> = new Map();
  /** What the others saw; undefined while nobody looks. */
  @property({ attribute: false }) inspection: Inspection | undefined;
  /** The invitation to this room. */
  @property() invitation = '';
  /** Phones cannot reach the address in the invitation. */
  @property({ type: Boolean }) loopback = false;
  /** A further peer is being started. */
  @property({ type: Boolean }) adding = false;
  /** A problem of the page itself, beside those of the session. */
  @property({ attribute: false }) problem: string | undefined;

  @state() private pointed: Pointed | undefined;

  @query('.strips') private saw!: HTMLElement;

  constructor() {
    super();
    new SightController(
      this,
      () => this.saw,
      (isLooking) => this.wish({ type: 'look', isLooking }),
    );
  }

  override render(): TemplateResult | typeof nothing {
    const { view } = this;
    if (!view?.spam) return nothing;
    const said = headline(view);
    // Before the first merge, the empty federation offers it.
    const isOffered = said.action === 'trust' && view.spam.merged === undefined;
    return html`
      <now-line .headline=${isOffered ? { ...said, action: undefined } : said}></now-line>
      ${problemList(view, this.problem)} ${requestList(view, (command) => this.wish(command))}
      <div
        class="spam"
        @words-pointed=${(event: WordsPointedEvent) => (this.pointed = event.pointed)}
      >
        ${this.renderYou(view, view.spam)} ${this.renderRound(view, view.spam)}
        ${this.renderWords(view, view.spam)}
      </div>
      <div class="below">
        <spam-ask class="ask" .alone=${view.spam.alone} .merged=${view.spam.merged}></spam-ask>
        <section aria-label="Peers">
          <div class="section-head">
            <h2><explained-term of="peer">Peers</explained-term></h2>
            <span class="small quiet"
              >${explain(peerCount(view), ['line', /lines?/], ['link', /links?/])}</span
            >
            <button
              class="button bare push"
              ?disabled=${this.adding}
              @click=${() => this.wish({ type: 'add-peer' })}
            >
              Add a peer in this tab
            </button>
          </div>
          <peer-list .view=${view} .here=${this.here}></peer-list>
        </section>
      </div>
      <section class="saw strips" aria-label="What the others saw">
        <masked-strips .inspection=${this.inspection} .view=${view}></masked-strips>
      </section>
      <footer class="foot">
        <span class="server ${view.server}"
          ><span>${explain(serverWords(view), ['introduction', /Introductions/])}</span></span
        >
        <span class="push"
          >Messages never leave a tab. <explained-term of="update">Updates</explained-term> leave
          only under <explained-term of="mask">masks</explained-term>.</span
        >
      </footer>
    `;
  }

  private renderYou(view: SessionView, spam: SpamView) {
    return html`<section class="mine" aria-label="You">
      <div class="head">
        <div>
          <h2>You</h2>
          <div class="sub">${messageWords(view.self.name, spam)}</div>
        </div>
        ${rightFigure(spam.alone, 'right alone')}
      </div>
      <spam-inbox
        label="Your messages"
        .messages=${spam.messages.map((message, at) => ({ ...message, key: String(at) }))}
        .pointed=${this.pointed}
        @message-flagged=${({ key }: MessageFlaggedEvent) =>
          this.wish({ type: 'flag-message', index: Number(key) })}
      ></spam-inbox>
      <div class="tools">
        <p class="small quiet">
          Press a message to flag it as spam. All were written for this. Start over with
          <select
            class="field"
            aria-label="Whose messages"
            @change=${(event: Event) =>
              this.wish({
                type: 'take-inbox',
                inbox: Number((event.target as HTMLSelectElement).value),
              })}
          >
            ${INBOXES.map(
              (_, at) =>
                html`<option value=${at} ?selected=${at === spam.inbox}>
                  ${INBOX_NAMES[at]}
                </option>`,
            )}
          </select>
        </p>
      </div>
    </section>`;
  }

  private renderRound(view: SessionView, { isRunning }: SpamView) {
    const linked = view.peers.filter((peer) => peer.link === 'linked').length;
    const isTrusting = view.trust.own && view.trust.other;
    return html`<section class="round ${view.grid ? 'has-lines' : ''}" aria-label="Round">
      <round-title .view=${view}></round-title>
      <peer-flock
        .view=${view}
        .numbers=${SPAM_VOCABULARY.size + 1}
        .sums=${this.inspection?.aggregate}
      ></peer-flock>
      <div class="tools">
        <round-stages .view=${view} without-note></round-stages>
        <div class="row">
          <button
            class="button primary"
            ?disabled=${(linked < 2 && !(linked === 1 && isTrusting)) || view.self.isLeftOut}
            @click=${() => this.wish({ type: 'merge-now' })}
          >
            Merge now
          </button>
          <button
            class="button push"
            @click=${() => this.wish({ type: 'run', isRunning: !isRunning })}
          >
            ${icon(isRunning ? 'pause' : 'play', 15)}${isRunning ? 'Pause' : 'Resume'}
          </button>
        </div>
      </div>
    </section>`;
  }

  private renderWords(view: SessionView, { alone, merged }: SpamView) {
    const words = heaviestWords(merged ?? alone, this.pointed?.text, SPAM_WORDS, FINE_WORDS);
    const scale = scaleOf(words, merged ? [alone, merged] : [alone], LEAST_SCALE);
    return html`<section class="words" aria-label="Federation">
      <div class="head">
        <div>
          <h2><explained-term of="federation">Federation</explained-term></h2>
          <div class="sub">
            ${mergedWords(merged && view.result?.round, view.result?.included.length ?? 0)}
          </div>
        </div>
        ${merged ? rightFigure(merged, 'right together') : nothing}
      </div>
      ${
        merged
          ? html`<div class="pair">
              ${this.renderBars('Alone', 'your flags', words, alone, scale)}
              ${this.renderBars('Together', 'everybody’s', words, merged, scale)}
            </div>`
          : html`<federation-empty
              .view=${view}
              .invitation=${this.invitation}
              .adding=${this.adding}
              .loopback=${this.loopback}
            ></federation-empty>`
      }
      ${
        merged
          ? html`<p class="small quiet">
              A bar is the <explained-term of="weight of a word">weight</explained-term> of a word:
              to the right it speaks for spam, to the left against it. The words of all models are
              the same public list; which of them you got is yours.
            </p>`
          : nothing
      }
    </section>`;
  }

  private renderBars(
    name: string,
    note: string,
    words: readonly string[],
    model: Float32Array,
    scale: number,
  ) {
    return html`<div>
      <h3>${name} <span>${note}</span></h3>
      <word-bars
        label="Weights, ${name.toLowerCase()}"
        .bars=${weightBars(words, model, scale)}
        .pointed=${this.pointed}
      ></word-bars>
    </div>`;
  }

  private wish(command: RoomCommand): void {
    this.dispatchEvent(new RoomCommandEvent(command));
  }
}

function rightFigure(model: Float32Array, words: string) {
  return html`<div class="figure">
    <b>${rightOf(model)} of ${CHECK_EXAMPLES.length}</b><span>new messages ${words}</span>
  </div>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'spam-room': SpamRoom;
  }
}
