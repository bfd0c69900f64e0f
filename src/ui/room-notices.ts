/**
 * What a room has to say to a person before anything else: problems, and questions that wait for an answer.
 *
 * @module
 */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { SessionView } from '../peer/view.ts';
import './noise-notice.ts';
import { askedWords } from './privacy-words.ts';
import type { RoomCommand } from './room-command.ts';
import { explain } from './terms/explain.ts';
import { requestWords } from './view-words.ts';

/** Problems that the headline already says. */
const SAID_ABOVE = ['no-webrtc', 'wrong-key', 'room-full'];

/** What other peers changed, problems of the session, and those of the page itself. */
export function problemList(view: SessionView, problem: string | undefined): TemplateResult {
  const messages = view.problems
    .filter(({ code }) => !SAID_ABOVE.includes(code))
    .map(({ message }) => message);
  if (problem) messages.push(problem);
  if (view.room.isOpen)
    messages.unshift(
      'This is the open room: it has no key, so whoever runs the server could stand in the middle and read an update.',
    );
  const list = html`<ul class="problems" aria-label="Problems">
    ${messages.map((message) => html`<li>${message}</li>`)}
  </ul>`;
  return html`<noise-notice .view=${view}></noise-notice>
    ${messages.length === 0 ? nothing : list}`;
}

/** Questions to this person. */
export function requestList(
  view: SessionView,
  wish: (command: RoomCommand) => void,
): TemplateResult | typeof nothing {
  const asked = view.requests.filter((request) => request.isWaitingForMe);
  const wishes = view.privacy.asked;
  if (asked.length + wishes.length === 0) return nothing;
  return html`<ul class="requests" aria-label="Questions to you">
    ${wishes.map(
      (asking) =>
        html`<li>
          <p>
            ${explain(askedWords(view, asking), ['noise', /noise/], ['clip norm', /clip norm/])}
          </p>
          <button
            class="button"
            @click=${() => wish({ type: 'follow-noise', peer: asking.peers[0]! })}
          >
            Agree
          </button>
        </li>`,
    )}
    ${asked.map((request) => {
      const answer = (agrees: boolean) =>
        wish({ type: 'answer-request', name: request.name, agrees });
      return html`<li>
        <p>${explain(requestWords(view, request), ['round', /round/])}</p>
        <button class="button" @click=${() => answer(true)}>Agree</button>
        <button class="button" @click=${() => answer(false)}>Refuse</button>
      </li>`;
    })}
  </ul>`;
}
