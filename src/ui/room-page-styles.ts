/**
 * The layout of the room page: the layout is the protocol. You on the left, the round in the middle,
 * the federation on the right; on a phone the same order runs downwards.
 *
 * Regions stay real boxes at every width, so that they keep their names: on a phone they lie over the
 * same grid by subgrid, and let clicks through where they are empty.
 *
 * @module
 */
import { css } from 'lit';
import { heatGradient } from './heat-gradient.ts';

/** Styles of `room-page`. */
export const roomPageStyles = css`
  :host {
    display: block;
  }
  .stage,
  .below {
    display: grid;
    grid-template-columns: minmax(0, 1fr) clamp(320px, 27.7%, 400px) minmax(0, 1fr);
    column-gap: var(--gutter);
  }
  .stage {
    grid-template-rows: auto auto auto;
  }
  .stage > section {
    display: grid;
    grid-row: span 3;
    grid-template-rows: subgrid;
    grid-template-columns: minmax(0, 1fr);
  }
  .head {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: end;
    padding-bottom: 10px;
    min-height: 56px;
  }
  h2 {
    font-size: var(--text-l);
    line-height: 24px;
    font-weight: 600;
    letter-spacing: -0.01em;
  }
  .sub {
    font-size: var(--text-s);
    line-height: 18px;
    color: var(--ink-2);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .figure {
    text-align: right;
  }
  .figure b {
    display: block;
    min-height: 28px;
    font-size: var(--text-xl);
    line-height: 28px;
    font-weight: 500;
    letter-spacing: -0.02em;
  }
  .figure > span {
    display: block;
    font-size: var(--text-xs);
    line-height: 18px;
    color: var(--ink-2);
  }
  .map {
    position: relative;
    aspect-ratio: 1;
    width: 100%;
    min-width: 0;
  }
  .map federation-empty {
    position: absolute;
    inset: 0;
  }
  .tools {
    display: grid;
    gap: 12px;
    align-content: start;
    padding-top: 14px;
    min-width: 0;
  }
  .mark {
    display: inline-grid;
    place-items: center;
    width: 13px;
    height: 13px;
    border-radius: 50%;
    color: var(--reading-ring);
    forced-color-adjust: none;
  }
  .mark svg {
    width: 9px;
    height: 9px;
    stroke-width: 3;
  }
  .mark.hot {
    background: var(--heat-8);
  }
  .mark.cold {
    background: var(--heat-0);
  }
  .legend .bar {
    position: relative;
    height: 10px;
    border-radius: 2px;
    background: ${heatGradient};
    forced-color-adjust: none;
  }
  .legend .bar::after {
    content: '';
    position: absolute;
    left: 50%;
    top: -3px;
    bottom: -3px;
    width: 1.5px;
    background: var(--heat-line);
  }
  .legend .ends {
    display: grid;
    grid-template-columns: 1fr auto 1fr;
    margin-top: 4px;
    font-size: var(--text-xs);
    line-height: 16px;
    color: var(--ink-2);
  }
  .legend .ends span:last-child {
    text-align: right;
  }
  .privacy {
    min-height: 26px;
    flex-wrap: nowrap;
  }
  .privacy .button {
    margin-left: -8px;
    min-height: 26px;
  }
  .automatic {
    display: grid;
    justify-items: end;
    font-size: var(--text-xs);
    color: var(--ink-2);
  }
  .automatic page-switch::part(base) {
    flex-direction: row-reverse;
  }
  .automatic page-switch::part(label) {
    margin-inline: 0 9px;
    line-height: 16px;
  }
  .automatic label,
  .automatic .every {
    display: flex;
    align-items: center;
    gap: 5px;
  }
  .automatic .field {
    width: 52px;
    height: 24px;
    padding: 0 2px 0 6px;
    border-color: var(--hairline);
    font-size: var(--text-xs);
    text-align: right;
  }
  .hint-text {
    min-height: 1.45em;
  }

  .round peer-flock {
    --flock-inset: 24px;
    width: calc(100% + 48px);
    height: 100%;
    margin: 0 -24px;
  }
  .problems {
    display: grid;
    gap: 6px;
    margin: -6px 0 18px;
  }
  .problems li {
    padding: 6px 12px;
    border-radius: var(--r-m);
    background: var(--warn-bg);
    color: var(--warn);
    font-size: var(--text-s);
    max-width: max-content;
    overflow-wrap: anywhere;
  }
  .requests {
    display: grid;
    gap: 8px;
    margin: -4px 0 20px;
  }
  .requests li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    padding: 8px 0;
    border-block: 1px solid var(--hairline);
    font-size: var(--text-s);
  }
  .requests p {
    flex: 1 1 260px;
    overflow-wrap: anywhere;
  }
  .below {
    margin-top: 34px;
    padding-top: 22px;
    border-top: 1px solid var(--hairline);
  }
  .below > * {
    min-width: 0;
  }
  .accuracy {
    grid-column: 1 / 3;
  }
  .section-head {
    display: flex;
    align-items: baseline;
    gap: 10px;
    margin-bottom: 12px;
    min-height: 24px;
  }
  .section-head h2 {
    font-size: var(--text-m);
    letter-spacing: -0.005em;
    white-space: nowrap;
  }
  .section-head .button {
    min-height: 24px;
    margin-right: -8px;
    align-self: center;
  }
  .saw {
    margin-top: 30px;
    padding-top: 22px;
    border-top: 1px solid var(--hairline);
  }
  .foot {
    display: flex;
    gap: var(--s4);
    margin-top: 36px;
    padding: 16px 0 28px;
    border-top: 1px solid var(--hairline);
    color: var(--ink-2);
    font-size: var(--text-s);
  }
  .foot .server {
    display: inline-flex;
    gap: 8px;
    align-items: center;
  }
  .foot .server::before {
    content: '';
    flex: none;
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: var(--good);
  }
  .foot .server.away::before {
    background: none;
    border: 1.5px solid var(--warn);
  }
  .foot .server.connecting::before {
    background: var(--hairline-strong);
  }
  .dock {
    position: fixed;
    inset: auto 0 0;
    z-index: 2;
    display: grid;
    grid-template-columns: auto auto 1fr;
    gap: 8px;
    padding: 10px 16px calc(10px + env(safe-area-inset-bottom));
    border-top: 1px solid var(--hairline);
    background: color-mix(in srgb, var(--ground) 92%, transparent);
    backdrop-filter: blur(10px);
  }

  @media (max-width: 1199px) {
    .stage {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      row-gap: 0;
    }
    .you {
      grid-area: 1 / 1 / 4 / 2;
    }
    .federation {
      grid-area: 1 / 2 / 4 / 3;
    }
    .stage > .round {
      grid-area: 4 / 1 / 5 / 3;
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      grid-template-rows: auto 1fr;
      column-gap: var(--gutter);
      margin-top: 28px;
    }
    .round round-title {
      grid-area: 1 / 2;
      padding-top: 24px;
    }
    .round peer-flock {
      grid-area: 1 / 1 / 3 / 2;
      width: 100%;
      height: auto;
      --flock-inset: 0px;
      min-height: 352px;
      margin: 0;
    }
    .round .tools {
      grid-area: 2 / 2;
    }
    .below {
      grid-template-columns: minmax(0, 1fr);
    }
    .accuracy {
      grid-column: auto;
      margin-bottom: 28px;
    }
  }
  @media (min-width: 641px) and (max-width: 900px) {
    .run .words {
      display: none;
    }
  }

  @media (max-width: 640px) {
    .stage {
      grid-template-rows: none;
    }
    .stage > section {
      grid-template-columns: subgrid;
      grid-template-rows: subgrid;
      pointer-events: none;
    }
    .stage > section > * {
      pointer-events: auto;
    }
    .stage > .you {
      grid-area: 1 / 1 / 4 / 3;
    }
    .stage > .federation {
      grid-area: 1 / 1 / 8 / 3;
    }
    .stage > .round {
      grid-area: 4 / 1 / 7 / 3;
      margin: 0;
    }
    .you .head,
    .you .map {
      grid-column: 1;
    }
    .you .tools {
      grid-area: 3 / 1 / 4 / 3;
    }
    .federation .head {
      grid-area: 1 / 2;
    }
    .federation .map {
      grid-area: 2 / 2;
    }
    .federation .tools {
      grid-area: 7 / 1 / 8 / 3;
      padding-top: 20px;
    }
    .round round-title {
      grid-area: 1 / 1 / 2 / 3;
      padding-top: 26px;
    }
    .round peer-flock {
      grid-area: 2 / 1 / 3 / 3;
      height: 352px;
    }
    .has-lines peer-flock {
      height: 440px;
    }
    .round .tools {
      grid-area: 3 / 1 / 4 / 3;
    }
    /* One map at full width for drawing, the other small beside its figure. */
    .stage.hero-you .you .head,
    .stage.hero-you .you .map,
    .stage.lonely .you .head,
    .stage.lonely .you .map,
    .stage.hero-federation .federation .head,
    .stage.hero-federation .federation .map {
      grid-column: 1 / 3;
    }
    .stage.hero-you > .federation,
    .stage.lonely > .federation {
      grid-area: 4 / 1 / 10 / 3;
    }
    .stage.hero-you > .round,
    .stage.lonely > .round {
      grid-area: 6 / 1 / 9 / 3;
    }
    .stage.hero-you .federation .head {
      grid-area: 1 / 1;
      align-self: start;
      padding-top: 24px;
    }
    .stage.hero-you .federation .map {
      grid-area: 1 / 2 / 3 / 3;
      margin-top: 24px;
    }
    .stage.lonely .federation .head {
      grid-area: 1 / 1 / 2 / 3;
      padding-top: 24px;
    }
    .stage.lonely .federation .map {
      grid-area: 2 / 1 / 3 / 3;
      aspect-ratio: auto;
    }
    .stage.lonely federation-empty {
      position: static;
    }
    .stage.hero-you .federation .tools,
    .stage.lonely .federation .tools {
      grid-area: 6 / 1 / 7 / 3;
    }
    .stage.hero-federation > .you {
      grid-area: 3 / 1 / 6 / 3;
    }
    .stage.hero-federation > .federation {
      grid-area: 1 / 1 / 10 / 3;
    }
    .stage.hero-federation > .round {
      grid-area: 6 / 1 / 9 / 3;
    }
    .stage.hero-federation .you .head {
      grid-area: 1 / 1;
      align-self: start;
      padding-top: 24px;
    }
    .stage.hero-federation .you .map {
      grid-area: 1 / 2 / 3 / 3;
      margin-top: 24px;
    }
    .stage.hero-federation .federation .head {
      grid-row: 1;
    }
    .stage.hero-federation .federation .map {
      grid-row: 2;
    }
    .stage.hero-federation .federation .tools {
      grid-row: 9;
    }
    .you .head,
    .federation .head {
      grid-template-columns: minmax(0, 1fr);
      min-height: 0;
      padding-bottom: 8px;
    }
    .you .sub,
    .federation .sub,
    .you .figure .words,
    .federation .figure .words {
      display: none;
    }
    .you .figure,
    .federation .figure {
      display: flex;
      align-items: baseline;
      gap: 8px;
      text-align: left;
    }
    .you h2,
    .federation h2 {
      font-size: var(--text-s);
      line-height: 18px;
      font-weight: 550;
      color: var(--ink-2);
    }
    .figure b {
      font-size: 1.5rem;
    }
    .brushes {
      flex: 1;
    }
    .brushes .button {
      flex: 1;
    }
    .section-head {
      flex-wrap: wrap;
      row-gap: 0;
    }
    .section-head {
      align-items: center;
    }
    .section-head .button {
      min-height: 44px;
    }
    .dock .button:disabled {
      border: 1px solid var(--hairline);
    }
    .foot .push {
      margin: 0;
    }
    .automatic {
      width: 100%;
      grid-template-columns: 1fr auto;
      justify-items: start;
      align-items: center;
      font-size: var(--text-s);
    }
    .automatic .field {
      height: 44px;
      width: 64px;
      font-size: var(--text-s);
    }
    .privacy .button {
      min-height: 44px;
    }
    .foot {
      flex-direction: column;
      gap: 6px;
      padding-bottom: 96px;
    }
  }
`;
