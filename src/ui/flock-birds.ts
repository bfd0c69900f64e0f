/**
 * Birds and their names as elements: what stands still for longer than a frame.
 *
 * @module
 */
import { type TemplateResult, html, nothing, svg } from 'lit';
import { MAX_COHORT } from '../config.ts';
import { birdPath } from './bird.ts';
import { peerColour } from './bird-colours.ts';
import { type FlockLayout, type Perch, labelPlace } from './flock-geometry.ts';
import type { Bird, Members } from './flock-members.ts';

/** From this many birds on, initials stand for names. */
const INITIALS_FROM = 13;

/** The bird itself, and what closes around it. */
export function renderBird(bird: Bird, perch: Perch): TemplateResult {
  const pose = bird.state === 'hidden' || bird.state === 'resting' || bird.isRepeated ? 1 : 0;
  const turn = ((perch.heading - 0.15) * 180) / Math.PI;
  return html`<div
    class="perch is-${bird.state}"
    style="transform: translate(${perch.x.toFixed(1)}px, ${perch.y.toFixed(1)}px); --colour: ${peerColour(bird.colour)}"
  >
    <svg class="bird" width="52" height="52" viewBox="-26 -26 52 52" aria-hidden="true">
      <circle class="ground" r="17"></circle>
      ${bird.state === 'you' || bird.isRepeated ? svg`<circle class="own" r="18.5"></circle>` : nothing}
      ${bird.signedMs === undefined ? nothing : svg`<circle class="ticks" r="21.5"></circle>`}
      <g class="glyph" transform="rotate(${turn.toFixed(1)}) scale(1.15)">${birdPath(pose)}</g>
    </svg>
  </div>`;
}

/** Its name, and a second line if there is something to say. */
export function renderLabel(
  layout: FlockLayout,
  bird: Bird,
  perch: Perch,
  count: number,
): TemplateResult {
  const isShort = count >= INITIALS_FROM && bird.state !== 'you';
  const name = isShort ? ([...bird.name][0] ?? '') : bird.name;
  const note = shortNote(bird, isTight(layout, count) ? MAX_COHORT : count);
  const lineChars = Math.max(name.length, ...note.map((line) => line.length));
  const halfWidth = Math.min(56, 3.4 * (bird.state === 'gone' ? name.length + 5 : lineChars));
  const at = labelPlace(layout, perch, halfWidth);
  const up = at.isAbove ? '-100%' : '0';
  const lines = note.map((line) => html`<small>${line}</small>`);
  return html`<div
    class="label is-${bird.state}"
    style="transform: translate(${at.x.toFixed(1)}px, ${at.y.toFixed(1)}px) translate(-50%, ${up})"
  >
    <span>${name}</span> ${lines}
  </div>`;
}

/** Whether notes of those who are simply there would run into their neighbours: they are told on demand. */
function isTight({ radiusX }: FlockLayout, count: number): boolean {
  return radiusX < 110 && count > 9;
}

/** The second line, broken or shortened so that neighbours keep their room. */
function shortNote(bird: Bird, count: number): string[] {
  if (bird.note === '') return [];
  if (bird.state === 'hidden' && count >= MAX_COHORT) return [];
  if (bird.state === 'hidden')
    return count > 7 ? ['hidden tab'] : ['hidden tab,', 'still learning'];
  if (bird.state === 'frozen' && count > 3) {
    const seconds = bird.note.replace(/^.* for /, '');
    return ['not answering', `for ${seconds}`];
  }
  return count > MAX_COHORT ? [] : [bird.note];
}

/** What of the birds is drawn as elements: they are rendered again only when this changes. */
export function birdsKey(birds: readonly Bird[]): string {
  return birds
    .map((bird) => {
      const ticks = bird.signedMs === undefined ? '' : 'x';
      return `${bird.id ?? ''} ${bird.name} ${bird.note} ${bird.colour} ${bird.state} ${ticks}`;
    })
    .join('\n');
}

/** The same for the birds of other lines. */
export function linesKey({ lines, folded }: Members): string {
  return lines
    .map(({ line, members, isIncluded }) => {
      const birds = members.map(
        ({ id, name, note, state, colour }) => `${id} ${name} ${note} ${state} ${colour}`,
      );
      return `\n${line} ${isIncluded} ${folded.lines} ${birds.join(',')}`;
    })
    .join('');
}
