/**
 * What a person chooses before a table is told of: target, kind, model, and what becomes of each column.
 *
 * @module
 */
import { MAX_TABLE_ROUNDS, MAX_TABLE_STEPS } from '../config.ts';
import type { TableProfile } from '../task/table/columns.ts';
import {
  DEFAULT_TABLE_SETTINGS,
  kindOf,
  type ColumnChoice,
  type Description,
  type TableSettings,
} from '../task/table/schema.ts';

/** The choices so far. */
export interface TableDraft {
  readonly settings: TableSettings;
  readonly choices: Readonly<Record<string, ColumnChoice>>;
}

/** Models that the page offers, by the units of their hidden layers. */
export const MODELS = [
  { name: 'Straight (regression)', hidden: [] },
  { name: 'Small network, 8', hidden: [8] },
  { name: 'Network, 16 and 16', hidden: [16, 16] },
] as const satisfies readonly { readonly name: string; readonly hidden: readonly number[] }[];

/**
 * What to begin with: what another peer chose, where this table has its target; else the last column.
 */
export function firstDraft(profile: TableProfile, others: readonly Description[]): TableDraft {
  const usable = profile.columns.filter(({ type }) => type === 'number' || type === 'category');
  const followed = others.find(({ target }) => usable.some(({ name }) => name === target));
  if (followed) {
    const { target, kind, hidden, rounds, steps } = followed;
    return { settings: { target, kind, hidden, rounds, steps }, choices: {} };
  }
  const target = (usable.at(-1) ?? profile.columns.at(-1))?.name ?? '';
  const kind = kindOf(profile, target) ?? 'class';
  return { settings: { target, kind, ...DEFAULT_TABLE_SETTINGS }, choices: {} };
}

/** The draft with another target, whose kind is found anew. */
export function withTarget(draft: TableDraft, profile: TableProfile, target: string): TableDraft {
  const kind = kindOf(profile, target) ?? draft.settings.kind;
  return { ...draft, settings: { ...draft.settings, target, kind } };
}

/** The draft with another choice for a column; undefined goes back to what was found. */
export function withChoice(
  draft: TableDraft,
  name: string,
  choice: ColumnChoice | undefined,
): TableDraft {
  const others = Object.entries(draft.choices).filter(([column]) => column !== name);
  const chosen = choice === undefined ? [] : [[name, choice] as const];
  return { ...draft, choices: Object.fromEntries([...others, ...chosen]) };
}

/** The draft with another number of rounds or steps, kept in bounds. */
export function withCount(draft: TableDraft, field: 'rounds' | 'steps', value: number): TableDraft {
  const most = field === 'rounds' ? MAX_TABLE_ROUNDS : MAX_TABLE_STEPS;
  const count = Math.min(Math.max(Math.round(value) || 1, 1), most);
  return { ...draft, settings: { ...draft.settings, [field]: count } };
}

/** Whether two drafts would tell the others the same. */
export function isSameDraft(one: TableDraft | undefined, other: TableDraft | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
