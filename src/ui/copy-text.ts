/**
 * Copying to the clipboard, also where the browser offers no clipboard: on plain http to another device.
 *
 * @module
 */

/** Copies a text; false when the browser refuses both ways, and the person must copy by hand. */
export async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not allowed now, for instance without focus: the old way may still be.
    }
  }
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.style.position = 'fixed';
  field.style.opacity = '0';
  document.body.append(field);
  field.select();
  // Deprecated, and the only way without a secure origin.
  const isCopied = document.execCommand('copy');
  field.remove();
  return isCopied;
}
