/**
 * The session's view as plain data, for scripts: `window.murmuration.view`.
 *
 * A copy: whoever changes it changes nothing. The view holds no secret, so neither does the copy.
 *
 * @module
 */

/** A value of JSON. */
export type Plain =
  null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** A deep copy with typed arrays as arrays; what is undefined is left out, as JSON does it. */
export function plainCopy(value: unknown): Plain | undefined {
  if (value === undefined) return undefined;
  if (value === null) return null;
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
    return value;
  if (Array.isArray(value)) return value.map((part) => plainCopy(part) ?? null);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return Array.from(value as unknown as ArrayLike<number>);
  if (typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, part]) => {
        const copy = plainCopy(part);
        return copy === undefined ? [] : [[key, copy] as const];
      }),
    );
  throw new TypeError(`A ${typeof value} has no plain copy: views hold data only.`);
}

/**
 * Defines `window.murmuration.view`, computed anew at each reading.
 *
 * @param viewOf - The view of now; undefined before the session is open.
 */
export function publishView(viewOf: () => unknown): void {
  const surface = Object.defineProperty({}, 'view', {
    enumerable: true,
    get: () => plainCopy(viewOf()),
  });
  Object.defineProperty(globalThis, 'murmuration', {
    value: Object.freeze(surface),
    configurable: true,
  });
}
