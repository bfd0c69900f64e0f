/**
 * The room: your map, the round, the federation's map, and under them accuracy, peers and strips.
 *
 * The element knows what the session shows and nothing of the session: wishes leave as events.
 *
 * @module
 */
import { html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { MAX_MERGE_EVERY_STEPS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import type { Inspection, SessionView } from '../peer/view.ts';
import './accuracy-chart.ts';
import { controlsStyles } from './controls-styles.ts';
import './federation-empty.ts';
import './flock.ts';
import type { FlockPickEvent } from './flock-lines.ts';
import { headline } from './headline.ts';
import './heat-map.ts';
import type { Brush, HeatMapProbeEvent, Place } from './heat-map.ts';
import { icon } from './icons.ts';
import './masked-strips.ts';
import { MediaController } from './media.ts';
import './now-line.ts';
import './page-switch.ts';
import './peer-list.ts';
import type { PickedPeer } from './peer-list.ts';
import { peerCount, readingWords } from './peer-words.ts';
import './privacy-panel.ts';
import { privacySummary } from './privacy-words.ts';
import { RoomCommandEvent } from './room-command.ts';
import type { RoomCommand } from './room-command.ts';
import { problemList, requestList } from './room-notices.ts';
import { roomPageStyles } from './room-page-styles.ts';
import './round-stages-title.ts';
import './round-stages.ts';
import { SightController } from './sight.ts';
import { federationFinding, federationWords, ownFinding, serverWords } from './view-words.ts';
import './search-panel.ts';
import { explain } from './terms/explain.ts';
import './whose-truth.ts';
import { percent } from './words.ts';

/** Beside each figure that no real federation could know. */
const DEMO_ONLY = html`<explained-term of="demonstration">demo only</explained-term>`;

/** The page of a room whose session is open. */
@customElement('room-page')
export class RoomPage extends LitElement {
  static override styles = [controlsStyles, roomPageStyles];

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

  @state() private brush: Brush = 'hot';
  @state() private probe: Place | undefined;
  /** On a phone: the map at full width. */
  @state() private hero: 'you' | 'federation' | undefined;

  /** The line or peer that was picked in the flock. */
  @state() private picked: PickedPeer | undefined;

  @query('.strips') private saw!: HTMLElement;
  @query('.privacy-section') private privacySection!: HTMLElement;

  private readonly phone = new MediaController(this, '(max-width: 640px)');

  constructor() {
    super();
    new SightController(
      this,
      () => this.saw,
      (isLooking) => this.wish({ type: 'look', isLooking }),
    );
  }

  override render(): TemplateResult | typeof nothing {
    const view = this.view;
    if (!view?.learning) return nothing;
    const isEmpty = view.learning.federation === undefined;
    const linkedCount = view.peers.filter((peer) => peer.link === 'linked').length;
    const isLonely = isEmpty && linkedCount < 2;
    const said = headline(view);
    const shown = said.action === 'trust' && isEmpty ? { ...said, action: undefined } : said;
    const isMobile = this.phone.matches;
    const stage = `stage${isLonely ? ' lonely' : isMobile && this.hero ? ` hero-${this.hero}` : ''}`;
    return html`
      <now-line .headline=${shown}></now-line>
      ${problemList(view, this.problem)} ${requestList(view, (command) => this.wish(command))}
      <div class=${stage}>
        ${this.renderYou(view, view.learning, isLonely)} ${this.renderRound(view, linkedCount)}
        ${this.renderFederation(view, view.learning, isLonely)}
      </div>
      <div class="below">
        <section class="accuracy" aria-label="Accuracy">
          <div class="section-head">
            <h2>Accuracy</h2>
            <span class="small quiet"
              >share of the <explained-term of="true map">true map</explained-term> that is
              right${
                isEmpty
                  ? nothing
                  : html`. The line is you, the rings are the
                      <explained-term of="merge">merged</explained-term> model`
              }</span
            >
          </div>
          <accuracy-chart .curve=${view.learning.curve}></accuracy-chart>
          <whose-truth .learning=${view.learning}></whose-truth>
          ${view.search ? html`<search-panel .view=${view}></search-panel>` : nothing}
        </section>
        <section aria-label="Peers">
          <div class="section-head">
            <h2><explained-term of="peer">Peers</explained-term></h2>
            <span class="small quiet"
              >${explain(peerCount(view), ['line', /lines?/], ['link', /links?/])}</span
            >
            ${
              isLonely
                ? nothing
                : html`<button
                    class="button bare push"
                    ?disabled=${this.adding}
                    @click=${() => this.wish({ type: 'add-peer' })}
                  >
                    Add a peer in this tab
                  </button>`
            }
          </div>
          <peer-list .view=${view} .here=${this.here} .picked=${this.picked}></peer-list>
        </section>
      </div>
      <section class="saw privacy-section" aria-label="Privacy" tabindex="-1">
        <privacy-panel .view=${view}></privacy-panel>
      </section>
      <section class="saw strips" aria-label="What the others saw">
        <masked-strips .inspection=${this.inspection} .view=${view}></masked-strips>
      </section>
      <footer class="foot">
        <span class="server ${view.server}"
          ><span>${explain(serverWords(view), ['introduction', /Introductions/])}</span></span
        >
        <span class="push"
          >Readings never leave a tab. <explained-term of="update">Updates</explained-term> leave
          only under <explained-term of="mask">masks</explained-term>.</span
        >
      </footer>
      ${isMobile ? this.renderDock(view, view.learning, linkedCount) : nothing}
    `;
  }

  private renderYou(
    view: SessionView,
    learning: NonNullable<SessionView['learning']>,
    isLonely: boolean,
  ) {
    const isSmall = this.phone.matches && !isLonely && this.hero !== 'you';
    return html`<section class="you" aria-label="You">
      <div class="head">
        <div>
          <h2>You</h2>
          <div class="sub">${explain(readingWords(view), ['reading', /readings?(?=,|$)/])}</div>
        </div>
        <div class="figure">
          <b>${learning.local ? percent(learning.local.accuracy) : nothing}</b
          ><span><span class="words">of the map right, </span>${DEMO_ONLY}</span>
        </div>
      </div>
      <div class="map" @click=${isSmall ? () => (this.hero = 'you') : undefined}>
        <heat-map
          .surface=${learning.local?.surface}
          .fadeKey=${view.result?.round ?? 0}
          .readings=${learning.readings}
          .probe=${this.probe}
          .brush=${isSmall ? undefined : this.brush}
          label=${ownFinding(learning)}
          hint="Your map: arrow keys move a probe, Enter uses the brush, Delete removes the nearest reading"
          @heat-map-probe=${this.onProbe}
          @heat-map-add=${this.onEdit}
          @heat-map-move=${this.onEdit}
          @heat-map-remove=${this.onEdit}
        ></heat-map>
      </div>
      <div class="tools">
        <div class="row">
          ${this.renderBrushes()}
          ${
            this.phone.matches
              ? nothing
              : html`<div class="group push run" role="group" aria-label="Training">
                  ${this.renderRunButtons(learning)}
                </div>`
          }
        </div>
        <div class="row">
          <page-switch
            .checked=${live(learning.isOutlier)}
            @change=${(event: Event) => this.wish({ type: 'outlier', isOutlier: isChecked(event) })}
            >Broken thermometer</page-switch
          >
          <span class="small quiet"
            >${this.phone.matches ? nothing : 'turns all your readings cold'}</span
          >
          ${
            this.phone.matches
              ? html`${
                    isLonely
                      ? nothing
                      : html`<button
                          class="button push"
                          @click=${() => (this.hero = this.hero ? undefined : 'you')}
                        >
                          ${this.hero ? 'Both maps' : 'Draw large'}
                        </button>`
                  }
                  <button
                    class="button icon ${isLonely ? 'push' : ''}"
                    aria-label="Reset"
                    title="Back to the merged map"
                    @click=${() => this.wish({ type: 'reset' })}
                  >
                    ${icon('reset')}
                  </button>`
              : nothing
          }
        </div>
      </div>
    </section>`;
  }

  private renderBrushes() {
    const brushes: readonly [Brush, string][] = [
      ['hot', 'Hot'],
      ['cold', 'Cold'],
      ['remove', 'Remove'],
    ];
    return html`<div class="group brushes" role="group" aria-label="What a click on your map does">
      ${brushes.map(
        ([brush, words]) =>
          html`<button
            class="button"
            aria-pressed=${this.brush === brush ? 'true' : 'false'}
            @click=${() => (this.brush = brush)}
          >
            ${
              brush === 'remove'
                ? nothing
                : html`<span class="mark ${brush}"
                    >${icon(brush === 'hot' ? 'plus' : 'minus')}</span
                  >`
            }${words}
          </button>`,
      )}
    </div>`;
  }

  private renderRunButtons(learning: NonNullable<SessionView['learning']>) {
    const { isRunning } = learning;
    return html`<button
        class="button"
        @click=${() => this.wish({ type: 'run', isRunning: !isRunning })}
        aria-label=${isRunning ? 'Pause' : 'Resume'}
      >
        ${icon(isRunning ? 'pause' : 'play', 15)}<span class="words"
          >${isRunning ? 'Pause' : 'Resume'}</span
        >
      </button>
      <button
        class="button icon"
        aria-label="Step"
        title=${isRunning ? 'One step of training, while paused' : 'One step of training'}
        ?disabled=${isRunning}
        @click=${() => this.wish({ type: 'step' })}
      >
        ${icon('step', 15)}
      </button>
      <button
        class="button icon"
        aria-label="Reset"
        title="Back to the merged map"
        @click=${() => this.wish({ type: 'reset' })}
      >
        ${icon('reset', 15)}
      </button>`;
  }

  private renderRound(view: SessionView, linkedCount: number) {
    return html`<section class="round ${view.grid ? 'has-lines' : ''}" aria-label="Round">
      <round-title .view=${view}></round-title>
      <peer-flock
        .view=${view}
        .sums=${this.inspection?.aggregate}
        @flock-pick=${(event: FlockPickEvent) => {
          this.picked = { line: event.line, peer: event.peer };
        }}
      ></peer-flock>
      <div class="tools">
        <round-stages .view=${view} without-note></round-stages>
        <div class="row">
          ${this.phone.matches ? nothing : this.renderMergeNow(view, linkedCount)}
          <div class="automatic push">
            <page-switch
              .checked=${live(view.merging.mode === 'automatic')}
              @change=${(event: Event) =>
                this.wish({ type: 'merge-automatically', isAutomatic: isChecked(event) })}
              >Merge automatically</page-switch
            >
            <span class="every"
              ><label
                >every
                <input
                  class="field"
                  type="number"
                  min="1"
                  max=${MAX_MERGE_EVERY_STEPS}
                  inputmode="numeric"
                  aria-label="Steps from one merge to the next"
                  .value=${String(view.merging.everySteps)}
                  @change=${this.onEverySteps}
              /></label>
              <explained-term of="step">steps</explained-term></span
            >
          </div>
        </div>
        <p class="small quiet hint-text">
          ${
            view.result
              ? html`Drawn slower than it happens:
                  <explained-term of="round">round</explained-term> ${view.result.round} took
                  ${Math.round(view.result.durationMs)} ms.`
              : html`In a <explained-term of="round">round</explained-term> all models become one.`
          }
        </p>
      </div>
    </section>`;
  }

  private renderMergeNow(view: SessionView, linkedCount: number) {
    const isTrusting = view.trust.own && view.trust.other;
    const isPossible = linkedCount >= 2 || (linkedCount === 1 && isTrusting);
    return html`<button
      class="button primary"
      ?disabled=${!isPossible || view.self.isLeftOut}
      @click=${() => this.wish({ type: 'merge-now' })}
    >
      Merge now
    </button>`;
  }

  private renderFederation(
    view: SessionView,
    learning: NonNullable<SessionView['learning']>,
    isLonely: boolean,
  ) {
    const federation = learning.federation;
    const isSmall = this.phone.matches && !isLonely && this.hero !== 'federation';
    return html`<section class="federation" aria-label="Federation">
      <div class="head">
        <div>
          <h2><explained-term of="federation">Federation</explained-term></h2>
          <div class="sub">${federationWords(view)}</div>
        </div>
        <div class="figure">
          <b>${federation ? percent(federation.accuracy) : nothing}</b
          ><span
            ><span class="words">${federation ? 'of the map right, ' : 'no model yet'}</span
            >${federation ? DEMO_ONLY : nothing}</span
          >
        </div>
      </div>
      <div
        class="map"
        @click=${
          this.phone.matches && federation
            ? () => (this.hero = isSmall ? 'federation' : undefined)
            : undefined
        }
      >
        ${
          federation
            ? html`<heat-map
                quiet
                .surface=${federation.surface}
                .fadeKey=${federation.at}
                .readings=${learning.readings}
                .probe=${this.probe}
                label=${federationFinding(learning)}
                @heat-map-probe=${this.onProbe}
              ></heat-map>`
            : html`<federation-empty
                .view=${view}
                .invitation=${this.invitation}
                .adding=${this.adding}
                .loopback=${this.loopback}
              ></federation-empty>`
        }
      </div>
      <div class="tools">
        <div class="legend" aria-hidden="true">
          <div class="bar"></div>
          <div class="ends">
            <span>surely cold</span><span>50 : 50</span><span>surely hot</span>
          </div>
        </div>
        <div class="row privacy">
          <button class="button bare" @click=${this.showPrivacy}>
            ${icon('shield', 15)}Privacy
          </button>
          <span class="small quiet"
            >${explain(
              privacySummary(view.privacy),
              ['mask', /masks/],
              ['budget', /budget/],
              ['epsilon', /epsilon/],
            )}</span
          >
        </div>
      </div>
    </section>`;
  }

  private renderDock(
    view: SessionView,
    learning: NonNullable<SessionView['learning']>,
    linkedCount: number,
  ) {
    const { isRunning } = learning;
    return html`<div class="dock" role="group" aria-label="Training and merging">
      <button class="button" @click=${() => this.wish({ type: 'run', isRunning: !isRunning })}>
        ${isRunning ? 'Pause' : 'Resume'}
      </button>
      <button class="button" ?disabled=${isRunning} @click=${() => this.wish({ type: 'step' })}>
        Step
      </button>
      ${this.renderMergeNow(view, linkedCount)}
    </div>`;
  }

  private showPrivacy(): void {
    this.privacySection.scrollIntoView({ block: 'start' });
    this.privacySection.focus({ preventScroll: true });
  }

  private onProbe(event: HeatMapProbeEvent): void {
    this.probe = event.place;
  }

  private onEdit(event: HTMLElementEventMap['heat-map-add' | 'heat-map-move' | 'heat-map-remove']) {
    if ('reading' in event) this.wish({ type: 'add-reading', reading: event.reading });
    else if ('place' in event)
      this.wish({ type: 'move-reading', index: event.index, ...event.place });
    else this.wish({ type: 'remove-reading', index: event.index });
  }

  private onEverySteps(event: Event): void {
    const field = event.target as HTMLInputElement;
    const steps = Math.round(field.valueAsNumber);
    if (steps >= 1 && steps <= MAX_MERGE_EVERY_STEPS) this.wish({ type: 'merge-every', steps });
    else field.value = String(this.view?.merging.everySteps ?? '');
  }

  private wish(command: RoomCommand): void {
    this.dispatchEvent(new RoomCommandEvent(command));
  }
}

function isChecked(event: Event): boolean {
  return (event.target as HTMLInputElement).checked;
}

declare global {
  interface HTMLElementTagNameMap {
    'room-page': RoomPage;
  }
}
