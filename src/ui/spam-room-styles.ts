/**
 * The layout of a spam room: own messages on the left, the round in the middle, words and verdicts on the right; one
 * below the other on a phone.
 *
 * @module
 */
import { css } from 'lit';

/** Beside `controlsStyles` and `roomPageStyles`. */
export const spamRoomStyles = css`
  .spam {
    display: grid;
    grid-template-columns: minmax(0, 1fr) clamp(320px, 27.7%, 400px) minmax(0, 1fr);
    column-gap: var(--gutter);
  }
  .spam > section {
    display: grid;
    grid-template-rows: auto minmax(0, 430px) auto;
    align-content: start;
    gap: 12px;
    min-width: 0;
  }
  .spam > .round {
    grid-template-rows: auto minmax(0, 352px) auto;
  }
  .spam .tools {
    padding-top: 0;
  }
  spam-inbox {
    height: 430px;
  }
  federation-empty {
    height: 430px;
  }
  select.field {
    font: inherit;
    height: 30px;
    color: var(--ink);
  }
  .pair {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    gap: 16px;
  }
  h3 {
    margin: 0 0 6px;
    font-size: var(--text-s);
    font-weight: 600;
  }
  h3 span {
    color: var(--ink-2);
    font-weight: 400;
  }
  .ask {
    grid-column: 1 / 3;
    max-width: 720px;
  }
  @media (max-width: 1199px) {
    .spam {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      row-gap: 28px;
    }
    .spam > .round {
      grid-area: 2 / 1 / 3 / 3;
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      grid-template-rows: auto 1fr;
      column-gap: var(--gutter);
    }
    .ask {
      grid-column: auto;
      margin-bottom: 28px;
    }
  }
  @media (max-width: 640px) {
    .spam {
      grid-template-columns: minmax(0, 1fr);
    }
    .spam > .round {
      grid-area: auto;
      grid-template-rows: auto auto auto;
    }
    .spam > .words {
      grid-template-rows: auto auto auto;
    }
    .pair {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
