/**
 * What two answers to one question tell together: over nearly the same people, their difference is what those
 * few said.
 *
 * @module
 */

/** Groups that differ by so few tell about those few. */
export const FEW = 2;

/** Who is in just one of two groups; empty where they are the same. */
export function apart<Id>(one: readonly Id[], other: readonly Id[]): readonly Id[] {
  return [
    ...one.filter((member) => !other.includes(member)),
    ...other.filter((member) => !one.includes(member)),
  ];
}

/** Whom the answers of two groups would expose: those in just one of them, if they are few. */
export function exposed<Id>(before: readonly Id[], now: readonly Id[]): readonly Id[] {
  const between = apart(before, now);
  return between.length <= FEW ? between : [];
}

/**
 * What two questions must share for their answers to be subtracted: their words as one sees them, whatever is made of
 * the answers, since an average of so many is a sum.
 */
export function topicOf({ text }: { readonly text: string }): string {
  const seen = text.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  return seen.toLowerCase().replace(/\s+/g, ' ').trim();
}
