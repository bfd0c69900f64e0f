/**
 * The custom properties that every element draws with: ground and ink, heat, peers, type, space, motion.
 *
 * They are set once, on the document, and inherited through every shadow root. Light is the default;
 * dark follows the system unless the person has chosen (`data-theme` on the root element). Web Awesome's
 * own properties are set from the same values, so that its controls look like the rest.
 *
 * @module
 */
import { css } from 'lit';

/** Colours of the dark theme. */
export const darkColours = css`
  color-scheme: dark;
  --ground: #0f1218;
  --ground-raised: #171b23;
  --ground-sunken: #0a0d12;
  --pressed: #262b35;
  --ink: #eceef2;
  --ink-2: #a9afbb;
  --ink-3: #8a919e;
  --hairline: #262b35;
  --hairline-strong: #6d7482;
  --focus: #a99bff;
  --link: #b8adff;
  --good: #7fd3a4;
  --good-bg: #12281e;
  --wait: #a9afbb;
  --warn: #edc46a;
  --warn-bg: #2b2210;
  --bad: #ff93a5;
  --bad-bg: #33161c;
  --heat-0: #2d85ce;
  --heat-1: #2566ab;
  --heat-2: #214984;
  --heat-3: #1e2f53;
  --heat-4: #18191f;
  --heat-5: #542618;
  --heat-6: #88371d;
  --heat-7: #bd501e;
  --heat-8: #e8752a;
  --heat-line: #f4f5f7;
  --reading-ring: #0f1218;
  --peer-1: #a995ea;
  --peer-2: #ccd277;
  --peer-3: #e282a4;
  --peer-4: #62e3d7;
  --peer-5: #589766;
  --peer-6: #f0affa;
  --peer-7: #968551;
  --peer-8: #60b990;
  --peer-9: #ab6f9e;
  --peer-10: #9aaf67;
  --peer-11: #7f7bcb;
  --peer-12: #b5d3c1;
  --shadow-pop: 0 0 0 1px #2c323d, 0 12px 32px -8px rgb(0 0 0 / 0.7);
`;

/** Colours of the light theme. */
export const lightColours = css`
  color-scheme: light;
  --ground: #fbfbfa;
  --ground-raised: #ffffff;
  --ground-sunken: #f2f2f0;
  --pressed: #f2f2f0;
  --ink: #16181d;
  --ink-2: #555a65;
  --ink-3: #686d78;
  --hairline: #e2e2df;
  --hairline-strong: #8b8f98;
  --focus: #5b45c9;
  --link: #4d38b8;
  --good: #1c6b45;
  --good-bg: #e6f1ea;
  --wait: #555a65;
  --warn: #7a5200;
  --warn-bg: #faf0d9;
  --bad: #a3213a;
  --bad-bg: #fbe9ec;
  --heat-0: #214895;
  --heat-1: #2e73be;
  --heat-2: #6fabdc;
  --heat-3: #bad9ef;
  --heat-4: #f5f3ef;
  --heat-5: #eed3ac;
  --heat-6: #eba059;
  --heat-7: #d8610e;
  --heat-8: #af2f02;
  --heat-line: #16181d;
  --reading-ring: #ffffff;
  --peer-1: #7053b5;
  --peer-2: #90950c;
  --peer-3: #a93b69;
  --peer-4: #05a399;
  --peer-5: #005725;
  --peer-6: #b76bc3;
  --peer-7: #584600;
  --peer-8: #007d54;
  --peer-9: #6d2961;
  --peer-10: #5e7310;
  --peer-11: #3f3a8c;
  --peer-12: #739783;
  --shadow-pop: 0 1px 2px rgb(22 24 29 / 0.06), 0 8px 24px -6px rgb(22 24 29 / 0.16);
`;

/** Type, space, corners and durations. */
export const measures = css`
  --sans: 'Figtree Variable', Figtree, system-ui, -apple-system, 'Segoe UI', sans-serif;
  --mono: 'IBM Plex Mono', ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  --text-xs: 0.75rem;
  --text-s: 0.8125rem;
  --text-m: 0.9375rem;
  --text-l: 1.125rem;
  --text-xl: 1.75rem;
  --text-2xl: 2.5rem;
  --s1: 4px;
  --s2: 8px;
  --s3: 12px;
  --s4: 16px;
  --s5: 24px;
  --s6: 32px;
  --s7: 48px;
  --s8: 64px;
  --s9: 96px;
  --r-s: 4px;
  --r-m: 8px;
  --r-l: 12px;
  --r-pill: 999px;
  --fast: 120ms;
  --normal: 240ms;
  --merge: 600ms;
  --flight: 700ms;
  --ease: cubic-bezier(0.2, 0, 0, 1);
  --gutter: 24px;
  --margin: 32px;
  --control: 34px;
`;

/** The properties of Web Awesome, from the same values. */
export const controlLooks = css`
  --wa-color-surface-default: var(--ground);
  --wa-color-surface-raised: var(--ground-raised);
  --wa-color-surface-lowered: var(--ground-sunken);
  --wa-color-surface-border: var(--hairline);
  --wa-color-text-normal: var(--ink);
  --wa-color-text-quiet: var(--ink-2);
  --wa-color-text-link: var(--link);
  --wa-color-brand-fill-loud: var(--ink);
  --wa-color-brand-on-loud: var(--ground);
  --wa-color-neutral-border-normal: var(--hairline);
  --wa-color-success-on-normal: var(--good);
  --wa-color-warning-on-normal: var(--warn);
  --wa-color-danger-on-normal: var(--bad);
  --wa-color-focus: var(--focus);
  --wa-color-overlay-modal: rgb(16 18 24 / 0.42);
  --wa-focus-ring: 2px solid var(--focus);
  --wa-focus-ring-offset: 2px;
  --wa-form-control-height: var(--control);
  --wa-form-control-toggle-size: 18px;
  --wa-form-control-background-color: transparent;
  --wa-form-control-border-color: var(--hairline-strong);
  --wa-form-control-border-style: solid;
  --wa-form-control-border-width: 1.5px;
  --wa-form-control-activated-color: var(--ink);
  --wa-form-control-border-radius: var(--r-m);
  --wa-form-control-value-color: var(--ink);
  --wa-form-control-value-line-height: 1.4;
  --wa-panel-border-radius: var(--r-l);
  --wa-font-family-body: var(--sans);
  --wa-font-family-heading: var(--sans);
  --wa-font-family-code: var(--mono);
  --wa-font-size-s: var(--text-s);
  --wa-font-size-m: var(--text-s);
  --wa-font-size-l: var(--text-l);
  --wa-font-weight-heading: 600;
  --wa-line-height-condensed: 1.25;
  --wa-space-2xs: var(--s1);
  --wa-space-xs: var(--s2);
  --wa-space-l: var(--s5);
  --wa-space-2xl: var(--s6);
  --wa-transition-fast: var(--fast);
  --wa-transition-normal: var(--normal);
  --wa-transition-easing: var(--ease);
  --wa-shadow-s: none;
  --wa-shadow-m: none;
  --wa-shadow-l: var(--shadow-pop);
`;

/** For `document.adoptedStyleSheets`: the properties, and the plain page under the elements. */
export const tokens = css`
  :root {
    ${lightColours}
    ${measures}
    ${controlLooks}
  }
  @media (prefers-color-scheme: dark) {
    :root:not([data-theme='light']) {
      ${darkColours}
    }
  }
  :root[data-theme='dark'] {
    ${darkColours}
  }
  @media (max-width: 1199px) {
    :root {
      --margin: 24px;
    }
  }
  @media (max-width: 640px) {
    :root {
      --margin: 16px;
      --gutter: 12px;
    }
  }
  @media (pointer: coarse), (max-width: 640px) {
    :root {
      --control: 44px;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    :root {
      --fast: 0ms;
      --normal: 0ms;
      --merge: 0ms;
      --flight: 0ms;
    }
  }
  body {
    margin: 0;
    background: var(--ground);
    color: var(--ink);
    font: 400 var(--text-m) / 1.5 var(--sans);
    font-feature-settings: 'tnum' 1;
    -webkit-font-smoothing: antialiased;
    text-rendering: optimizeLegibility;
  }
`;
