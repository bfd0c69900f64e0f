/**
 * Whether other devices can reach the address that an invitation carries.
 *
 * @module
 */

/** Whether a host name means this computer only, so that a phone which scans it finds nothing. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  return (
    name === 'localhost' || name.endsWith('.localhost') || /^127\./.test(name) || name === '::1'
  );
}
