/** Marks of a key: at pixels of the drawing and not at places of its scales. */
import {
  link,
  text,
  type DotOptions,
  type LinkOptions,
  type Markish,
  type TextOptions,
} from "@observablehq/plot";

// A channel without a scale is in pixels of the drawing.
function pixel(value: number): { readonly value: number[]; readonly scale: null } {
  return { value: [value], scale: null };
}

/** The centre of a dot or the place of a text. */
export function atPixel(xPx: number, yPx: number): DotOptions & TextOptions {
  return { x: pixel(xPx), y: pixel(yPx) };
}

/** A line of class `key`. */
export function lineAt(
  [x1Px, y1Px]: readonly [number, number],
  [x2Px, y2Px]: readonly [number, number],
  style: LinkOptions = {},
): Markish {
  const ends = { x1: pixel(x1Px), y1: pixel(y1Px), x2: pixel(x2Px), y2: pixel(y2Px) };
  return link([0], { ...ends, className: "key", ...style });
}

/** A text of class `key` that begins there. */
export function labelAt(xPx: number, yPx: number, label: string, style: TextOptions = {}): Markish {
  const place = { ...atPixel(xPx, yPx), textAnchor: "start", fontSize: 12 } as const;
  return text([label], { ...place, className: "key", ...style });
}
