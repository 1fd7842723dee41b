// The few pictures of the panel that are no maps.

const svgNamespace = 'http://www.w3.org/2000/svg';

export function chevron(direction: 'left' | 'right'): SVGElement {
  const path = direction === 'left' ? 'M10 3 5 8l5 5' : 'm6 3 5 5-5 5';
  return icon(16, svgElement('path', { d: path, fill: 'none', stroke: 'currentColor', 'stroke-width': '1.2' }));
}

/** A small attention map, for pages that have none to show. */
export function gridIcon(): SVGElement {
  const cells = Array.from({ length: 16 }, (_, cell) => {
    const [row, column] = [Math.floor(cell / 4), cell % 4];
    const opacity = [1, 0.35, 0.12, 0.12][Math.abs(row - column)];
    const place = { x: String(column * 12), y: String(row * 12), width: '10', height: '10', rx: '2' };
    return svgElement('rect', { ...place, fill: 'currentColor', opacity: String(opacity) });
  });
  return icon(46, ...cells);
}

function icon(size: number, ...content: readonly Node[]): SVGElement {
  const side = String(size);
  const created = svgElement('svg', {
    viewBox: `0 0 ${side} ${side}`,
    width: side,
    height: side,
    'aria-hidden': 'true',
  });
  created.append(...content);
  return created;
}

function svgElement(tag: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const created = document.createElementNS(svgNamespace, tag) as SVGElement;
  for (const [name, value] of Object.entries(attributes)) created.setAttribute(name, value);
  return created;
}
