/**
 * How the updates of a room become one, and whether it searches for whose contributions spoil the map: chosen for
 * the whole room, and part of its invitation.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { controlsStyles } from './controls-styles.ts';
import { RoomCommandEvent } from './room-command.ts';
import type { RoomAddress, MapTask } from './route.ts';
import './terms/explained-term.ts';

const WAYS: readonly { readonly value: MapTask['combining']; readonly words: string }[] = [
  { value: undefined, words: 'The mean of all' },
  { value: 'geometric-median', words: 'Heed what is far from the rest less (geometric median)' },
  { value: 'centred-clipping', words: 'Shorten what is far from the rest (centred clipping)' },
];

/** A part of the panel of rooms. */
@customElement('combining-choice')
export class CombiningChoice extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: grid;
        gap: 6px;
      }
      label {
        font-size: var(--text-s);
        font-weight: 550;
      }
      label.check {
        display: flex;
        gap: 8px;
        align-items: baseline;
        margin-top: 6px;
        font-weight: 400;
      }
      p {
        font-size: var(--text-s);
        color: var(--ink-2);
      }
    `,
  ];

  /** The room of the address bar. */
  @property({ attribute: false }) address: RoomAddress | undefined;

  override render(): TemplateResult | typeof nothing {
    const task = this.address?.task;
    if (task?.type === 'spam') return nothing;
    const { combining, search = false } = task ?? {};
    const isPlain = combining === undefined && !search;
    return html`<label for="combining">How updates become one</label>
      <select
        class="field"
        id="combining"
        aria-describedby="combining-words"
        ?disabled=${this.address === undefined}
        @change=${this.onWay}
      >
        ${WAYS.map(
          ({ value, words }) =>
            html`<option value=${value ?? ''} ?selected=${value === combining}>${words}</option>`,
        )}
      </select>
      <p>
        The <explained-term of="geometric median">geometric median</explained-term> and
        <explained-term of="centred clipping">centred clipping</explained-term> help against large
        updates, not against honest minorities: whoever alone is right looks like an
        <explained-term of="outlier">outlier</explained-term>, and is heeded less.
      </p>
      <label class="check">
        <input
          type="checkbox"
          .checked=${search}
          ?disabled=${this.address === undefined}
          aria-describedby="combining-words"
          @change=${this.onSearch}
        />
        Search for whose updates spoil the map
      </label>
      <p id="combining-words">
        ${
          isPlain
            ? html`Each <explained-term of="update">update</explained-term> is hidden among those of
                everybody.`
            : html`With 12 to 15 peers, three <explained-term of="bucket">sums</explained-term> of
                four or five peers become visible in each round, drawn anew. Some may vanish, and at
                least three are left: that is how few an
                <explained-term of="update">update</explained-term> is then hidden among, for who
                watches long enough fewer still.
                ${search ? html`With 16 or more, the search opens sums of four to six, at least three of them left, in each <explained-term of="line">line</explained-term>, to that line alone.` : nothing}
                ${
                  combining === undefined
                    ? nothing
                    : html`In a room of three <explained-term of="line">lines</explained-term> or
                        more, the sums of its lines become visible to all. Otherwise it is the mean
                        of all.`
                }`
        }
        All peers of a room must use the
        same${isPlain ? nothing : ', so each of them has agreed to it'}. Send the new invitation to
        the others.
      </p>`;
  }

  private onWay(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    this.enter({ combining: WAYS.find((way) => (way.value ?? '') === value)?.value });
  }

  private onSearch(event: Event): void {
    const { checked } = event.target as HTMLInputElement;
    this.enter({ search: checked || undefined });
  }

  private enter(change: Partial<MapTask>): void {
    const { address: now } = this;
    if (now === undefined || now.task.type === 'spam') return;
    const address = { ...now, task: { ...now.task, ...change } };
    this.dispatchEvent(new RoomCommandEvent({ type: 'enter', address }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'combining-choice': CombiningChoice;
  }
}
