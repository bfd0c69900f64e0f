/**
 * The controls of the section "Privacy": noise to look at, then to propose, and what was told so far.
 *
 * Slider and Details change a draft, which nobody else sees; the room hears of noise when it is proposed.
 *
 * @module
 */
import { html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { SessionView } from '../peer/view.ts';
import { bandOf } from '../privacy/signal.ts';
import { controlsStyles } from './controls-styles.ts';
import { InfluencePlayer } from './influence-player.ts';
import { noiseDetails } from './noise-details.ts';
import {
  draftAt,
  draftOf,
  isSameNoise,
  readDraft,
  STOPS,
  stopOf,
  type DraftRead,
  type NoiseDraft,
} from './noise-draft.ts';
import { noiseFigures, noiseVerdict } from './noise-figures.ts';
import { PromiseCache, ROUNDS_AHEAD, type NoisePromise } from './noise-promise.ts';
import { noiseProposal } from './noise-proposal.ts';
import { noiseSlider } from './noise-slider.ts';
import { privacyControlsStyles } from './privacy-controls-styles.ts';
import './privacy-spent.ts';
import { BAND_NAMES, epsilonFigure, noiseWords } from './privacy-words.ts';
import { RoomCommandEvent } from './room-command.ts';
import './with-and-without.ts';

/** What can be done about privacy, and what was told. */
@customElement('privacy-controls')
export class PrivacyControls extends LitElement {
  static override styles = [controlsStyles, privacyControlsStyles];

  /** What the session shows. */
  @property({ attribute: false }) view: SessionView | undefined;

  /** What is looked at; undefined while it is what the room has. */
  @state() private draft: NoiseDraft | undefined;
  private readonly player = new InfluencePlayer(this);
  private readonly promises = new PromiseCache();

  override willUpdate(): void {
    const { view } = this;
    if (view === undefined) return;
    const read = this.read(view);
    if (!('choice' in read)) return;
    // Proposed, or put back by hand.
    if (isSameNoise(read.choice, view.privacy.noise)) this.draft = undefined;
    if (view.learning !== undefined) this.player.follow(view, read.choice);
  }

  override render(): TemplateResult | typeof nothing {
    const { view } = this;
    if (view === undefined) return nothing;
    const draft = this.shown(view);
    const read = this.read(view);
    const choice = 'choice' in read ? read.choice : undefined;
    const isMistaken = 'mistake' in read;
    const promise = choice && this.promises.of(choice, view);
    const play = (): void => this.player.play(view, choice);
    const change = (next: NoiseDraft): void => {
      this.draft = next;
    };
    return html`
      <div class="choose">
        ${noiseSlider(stopOf(draft), spokenOf(read, promise), (stop) => change(draftAt(stop, draft)))}
        ${noiseFigures(view, promise, isMistaken, {
          influence: this.player.of(choice),
          isPlaying: this.player.isPlaying,
          play,
        })}
        ${noiseVerdict(view, promise, isMistaken)}
        ${noiseProposal(view, read, this.draft !== undefined, {
          propose: (proposed) =>
            this.dispatchEvent(new RoomCommandEvent({ type: 'noise', choice: proposed })),
          back: () => {
            this.draft = undefined;
          },
        })}
        ${noiseDetails(draft, read, change)}
        ${
          view.learning === undefined
            ? nothing
            : html`<with-and-without
                .replayed=${this.player.replayed}
                .isPlaying=${this.player.isPlaying}
                @with-and-without-replay=${({ plays }: { plays: boolean }) =>
                  plays ? play() : this.player.stop()}
              ></with-and-without>`
        }
      </div>
      <privacy-spent .view=${view} .isExplained=${promise !== undefined}></privacy-spent>
    `;
  }

  private shown(view: SessionView): NoiseDraft {
    return this.draft ?? draftOf(view.privacy.noise);
  }

  private read(view: SessionView): DraftRead {
    return readDraft(this.shown(view), view.privacy.dimension);
  }
}

function spokenOf(read: DraftRead, promise: NoisePromise | undefined): string {
  if ('mistake' in read) return 'A number in Details is wrong';
  if (read.choice === undefined || promise === undefined) return 'Masks only: no noise, no epsilon';
  const { name } = STOPS[stopOf(draftOf(read.choice))]!;
  return `${name}: ${noiseWords(read.choice)}, epsilon ${epsilonFigure(promise.ahead)} after ${ROUNDS_AHEAD} rounds, ${BAND_NAMES[bandOf(promise.ratio)]}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'privacy-controls': PrivacyControls;
  }
}
