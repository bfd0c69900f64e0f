/**
 * How birds and names look: flying, hidden, silent, gone; what sways, and what does not.
 *
 * @module
 */
import { css } from 'lit';

/** Styles of `peer-flock`. */
export const flockStyles = css`
  :host {
    display: block;
    position: relative;
    min-height: 220px;
    contain: layout style;
  }
  .box,
  canvas {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
  }
  .perch {
    position: absolute;
    left: 0;
    top: 0;
    width: 0;
    height: 0;
    transition: transform var(--normal) var(--ease);
  }
  .bird {
    position: absolute;
    left: -26px;
    top: -26px;
    overflow: visible;
    animation: sway 7s ease-in-out infinite;
  }
  :host([unseen]) .bird,
  .is-still .bird {
    animation: none;
  }
  .is-hidden .bird,
  .is-frozen .bird,
  .is-gone .bird,
  .is-unlinked .bird,
  .is-free .bird {
    animation: none;
  }
  @keyframes sway {
    0%,
    100% {
      transform: translate(-2.5px, 1px);
    }
    50% {
      transform: translate(2.5px, -1px);
    }
  }
  .ground {
    fill: var(--ground);
  }
  .glyph {
    fill: var(--colour);
    stroke: none;
  }
  .is-frozen .glyph,
  .is-linking .glyph {
    fill: var(--ground);
    stroke: var(--colour);
    stroke-width: 1.3;
  }
  .is-gone .glyph,
  .is-free .glyph {
    fill: var(--ground);
    stroke: var(--colour);
    stroke-width: 1.1;
    stroke-dasharray: 2 2;
  }
  .is-unlinked .glyph {
    fill: var(--ground);
    stroke-width: 1.1;
    stroke-dasharray: 2 2;
  }
  .is-free .glyph,
  .is-unlinked .glyph {
    stroke: var(--hairline-strong);
  }
  .is-hidden .glyph,
  .is-resting .glyph {
    opacity: 0.72;
  }
  .own {
    fill: none;
    stroke: var(--colour);
    stroke-width: 1.5;
  }
  .ticks {
    fill: none;
    stroke: var(--ink);
    stroke-width: 3.5;
    stroke-dasharray: 1.4 3.1;
    animation: close var(--normal) var(--ease);
  }
  .is-still .ticks {
    animation: none;
  }
  @keyframes close {
    from {
      opacity: 0;
      transform: rotate(-50deg) scale(1.35);
    }
  }
  .label {
    position: absolute;
    left: 0;
    top: 0;
    width: max-content;
    max-width: 112px;
    text-align: center;
    transition: transform var(--normal) var(--ease);
    font: 550 var(--text-xs) / 15px var(--sans);
    color: var(--ink);
    text-shadow:
      0 0 3px var(--ground),
      0 0 3px var(--ground),
      0 0 3px var(--ground);
    pointer-events: none;
  }
  .label span {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .label small {
    display: block;
    font-size: 11px;
    line-height: 13px;
    font-weight: 400;
    color: var(--ink-2);
  }
  .label.is-gone,
  .label.is-gone small {
    color: var(--bad);
  }
  .label.is-gone span,
  .label.is-gone small {
    display: inline;
  }
  .label.is-free {
    color: var(--ink-2);
    font-weight: 400;
  }
  @media (prefers-reduced-motion: reduce) {
    .bird,
    .ticks {
      animation: none;
    }
    .perch,
    .label {
      transition: none;
    }
  }
  @media (forced-colors: active) {
    .ground {
      fill: Canvas;
    }
    .glyph {
      fill: CanvasText;
    }
    .ticks,
    .own {
      stroke: CanvasText;
    }
    .is-frozen .glyph,
    .is-linking .glyph,
    .is-gone .glyph,
    .is-free .glyph {
      fill: Canvas;
      stroke: CanvasText;
    }
  }
`;
