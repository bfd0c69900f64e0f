/**
 * The figures of the story: how each is fetched, and the element that shows it.
 *
 * @module
 */
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { StoryFigure } from '../route.ts';

/** How each figure is fetched, and how it stands on the page. */
export const FIGURES: Record<
  StoryFigure,
  { readonly load: () => Promise<unknown>; readonly show: () => TemplateResult }
> = {
  murmuration: {
    load: () => import('./murmuration-figure.ts'),
    show: () => html`<murmuration-figure data-figure="murmuration"></murmuration-figure>`,
  },
  spam: {
    load: () => import('./spam-figure.ts'),
    show: () => html`<spam-figure data-figure="spam"></spam-figure>`,
  },
  masks: {
    load: () => import('./masks-figure.ts'),
    show: () => html`<masks-figure data-figure="masks"></masks-figure>`,
  },
  readings: {
    load: () => import('./readings-figure.ts'),
    show: () => html`<readings-figure data-figure="readings"></readings-figure>`,
  },
  models: {
    load: () => import('./models-figure.ts'),
    show: () => html`<models-figure data-figure="models"></models-figure>`,
  },
  together: {
    load: () => import('./together-figure.ts'),
    show: () => html`<together-figure data-figure="together"></together-figure>`,
  },
  outliers: {
    load: () => import('./outliers-figure.ts'),
    show: () => html`<outliers-figure data-figure="outliers"></outliers-figure>`,
  },
  privacy: {
    load: () => import('./privacy-figure.ts'),
    show: () => html`<privacy-figure data-figure="privacy"></privacy-figure>`,
  },
  rounds: {
    load: () => import('./rounds-figure.ts'),
    show: () => html`<rounds-figure data-figure="rounds"></rounds-figure>`,
  },
};
