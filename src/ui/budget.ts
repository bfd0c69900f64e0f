/**
 * The epsilon at which a person wants to stop, as typed.
 *
 * @module
 */
import { isBudget } from '../privacy/ledger.ts';
import { epsilonFigure } from './privacy-words.ts';

/** A budget, where undefined is never to stop; or what is wrong with the text. */
export type BudgetRead = { readonly epsilon: number | undefined } | { readonly mistake: string };

/** @param now - The budget as it is, and stays where the text is none. */
export function readBudget(text: string, now: number | undefined): BudgetRead {
  const typed = text.trim();
  if (typed === '') return { epsilon: undefined };
  const epsilon = Number(typed);
  if (isBudget(epsilon)) return { epsilon };
  const wrong = Number.isNaN(epsilon)
    ? 'is no number'
    : epsilon > 0
      ? 'is more than any budget'
      : 'is not above 0';
  const stays = now === undefined ? 'there is no limit' : `the limit is ${epsilonFigure(now)}`;
  return {
    mistake: `“${typed.slice(0, 20)}” ${wrong}: type an epsilon above 0 and below 1,000,000, such as 8, or nothing to go on for ever. Until then ${stays}, as before.`,
  };
}
