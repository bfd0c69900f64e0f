/**
 * The real cryptography, for simulations and figures whose masks are real.
 *
 * @module
 */
export { realSuite } from '../secagg/index.ts';
