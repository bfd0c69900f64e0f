/**
 * Saves what the lab shows: a table of numbers, a drawing, a picture.
 *
 * @module
 */

/** Properties that a drawing takes from the page's styles: a file of its own has none. */
const DRAWN = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-opacity',
  'stroke-width',
  'stroke-dasharray',
  'font-family',
  'font-size',
  'font-weight',
] as const;

/** Pixels of a picture to a CSS px. */
const PICTURE_SCALE = 2;

/** Hands a file to the person. */
export function save(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads the address after this task.
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
}

/** A drawing as a file of its own, with the ground it stands on. */
export function drawingOf(svg: SVGSVGElement, ground: string): Blob {
  return new Blob([standalone(svg, ground)], { type: 'image/svg+xml' });
}

/** A drawing as a picture. */
export async function pictureOf(svg: SVGSVGElement, ground: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(standalone(svg, ground))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  const { width, height } = svg.getBoundingClientRect();
  canvas.width = width * PICTURE_SCALE;
  canvas.height = height * PICTURE_SCALE;
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
  return await new Promise((resolve, reject) => {
    canvas.toBlob((blob) =>
      blob
        ? resolve(blob)
        : reject(new Error('The browser made no picture: save the SVG instead.')),
    );
  });
}

function standalone(svg: SVGSVGElement, ground: string): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const { width, height } = svg.getBoundingClientRect();
  const originals = [...svg.querySelectorAll('*')];
  [...copy.querySelectorAll('*')].forEach((element, at) => {
    const styles = getComputedStyle(originals[at]!);
    element.removeAttribute('class');
    element.setAttribute(
      'style',
      DRAWN.map((name) => `${name}:${styles.getPropertyValue(name)}`).join(';'),
    );
  });
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('viewBox', `0 0 ${width} ${height}`);
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  copy.setAttribute('style', `background:${ground}`);
  const paper = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  paper.setAttribute('width', '100%');
  paper.setAttribute('height', '100%');
  paper.setAttribute('fill', ground);
  copy.prepend(paper);
  return new XMLSerializer().serializeToString(copy);
}
