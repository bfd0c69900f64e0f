/**
 * What every protocol of this project is: a pure step from a state and an event to a state and effects.
 *
 * A machine reads no clock, draws no randomness and does no I/O. Time and random bytes arrive in
 * events; sending, storing and training leave as effects. A driver runs a machine in a tab
 * (`peer/driver.ts`), a simulated network runs the same machine by the thousand (`simulation`).
 *
 * @module
 */

/** The outcome of one step. The state may be the same object: a step owns what is in it. */
export type Step<State, Effect> = readonly [state: State, effects: readonly Effect[]];

/** For the `default` of a switch over a union: the compiler refuses it while a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`Unhandled case ${JSON.stringify(value)}: add it to the switch.`);
}
