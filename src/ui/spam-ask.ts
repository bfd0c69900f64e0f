/**
 * A message to try: what the model of one's own flags makes of it, and what the merged one does.
 *
 * @module
 */
import { css, html, LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { NEW_SCAM, SPAM_VOCABULARY } from '../task/spam/messages.ts';
import { spamProbability } from '../task/spam/model.ts';
import { wordsOf } from '../task/spam/vocabulary.ts';
import { controlsStyles } from './controls-styles.ts';
import { RoomCommandEvent } from './room-command.ts';
import { counted } from './words.ts';

/** The field and the verdicts. */
@customElement('spam-ask')
export class SpamAsk extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: block;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 10px;
        margin-bottom: 10px;
      }
      h2 {
        font-size: var(--text-m);
        font-weight: 600;
      }
      textarea {
        display: block;
        width: 100%;
        min-height: 58px;
        padding: 8px 10px;
        border: 1px solid var(--hairline-strong);
        border-radius: var(--r-m);
        background: var(--ground-raised);
        color: var(--ink);
        font: inherit;
        font-size: var(--text-m);
        resize: vertical;
      }
      .answer,
      dl {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 8px 36px;
      }
      .answer {
        margin-top: 12px;
      }
      dt {
        color: var(--ink-2);
        font-size: var(--text-s);
      }
      dd {
        font-size: var(--text-l);
        font-weight: 600;
      }
      dd.bad {
        color: var(--bad);
      }
      .button {
        margin-left: auto;
      }
    `,
  ];

  /** Of the own flags, shape [words + 1]. */
  @property({ attribute: false }) alone: Float32Array | undefined;
  /** Of everybody's; undefined before the first merge. */
  @property({ attribute: false }) merged: Float32Array | undefined;

  @state() private text = NEW_SCAM;

  override render(): TemplateResult {
    const { text } = this;
    return html`<section aria-label="Try a message">
      <div class="head">
        <h2><label for="text">Try a message</label></h2>
        <span class="small quiet">${noteOf(text)}</span>
      </div>
      <textarea
        id="text"
        rows="2"
        maxlength="300"
        .value=${text}
        @input=${(event: Event) => (this.text = (event.target as HTMLTextAreaElement).value)}
      ></textarea>
      <div class="answer">
        <dl>
          <div>
            <dt>Alone</dt>
            ${verdict(this.alone, text)}
          </div>
          <div>
            <dt>Together</dt>
            ${verdict(this.merged, text)}
          </div>
        </dl>
        <button class="button" ?disabled=${text.trim() === ''} @click=${this.add}>
          Add it to your messages
        </button>
      </div>
    </section>`;
  }

  private add(): void {
    this.dispatchEvent(new RoomCommandEvent({ type: 'add-message', text: this.text }));
  }
}

function noteOf(text: string): string {
  if (text === NEW_SCAM) return 'This one is the parcel scam, as it may come next.';
  const unknown = wordsOf(text).filter((word) => SPAM_VOCABULARY.placeOf(word) === undefined);
  return unknown.length === 0
    ? 'The models know every word of it.'
    : `${counted(unknown.length, 'word')} of it ${unknown.length === 1 ? 'is' : 'are'} in no model, and say${unknown.length === 1 ? 's' : ''} nothing.`;
}

function verdict(model: Float32Array | undefined, text: string) {
  if (model === undefined) return html`<dd>not yet</dd>`;
  const probability = spamProbability(model, SPAM_VOCABULARY.bagOf(text));
  const isSpam = probability > 0.5;
  return html`<dd class=${isSpam ? 'bad' : ''}>
    ${isSpam ? 'spam' : 'fine'} ${Math.round(probability * 100)}&#8239;%
  </dd>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'spam-ask': SpamAsk;
  }
}
