/**
 * From an Observable Plot figure to a standalone SVG file. Plot draws into a DOM, which jsdom
 * provides; the drawing is then set on a white sheet with a title, a subtitle and a footnote, and
 * written as XML, so that every text is escaped by the serialiser and by nobody else. The file
 * needs no style sheet, script, font or network, and the same figure gives the same bytes.
 */
import { plot, type PlotOptions } from "@observablehq/plot";
import { JSDOM } from "jsdom";

const FONT_FAMILY = "system-ui, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif";
export const INK = "#1f2933";
export const FAINT_INK = "#52606d";
export const GRID = "#e4e7eb";

/** A drawing and the texts around it. `plot` needs a width and a height, in pixels. */
export interface Figure {
  readonly title: string;
  readonly subtitle: string;
  /** Small print under the drawing, such as the attribution of data; null if there is none. */
  readonly footnote: string | null;
  /** One sentence for those who do not see the figure. */
  readonly description: string;
  readonly plot: PlotOptions & { readonly width: number; readonly height: number };
}

const SVG = "http://www.w3.org/2000/svg";
const EDGE_PX = 20;
const HEADER_PX = 64;
const FOOTER_PX = 30;

/**
 * The figure as the text of an SVG file. Texts that are too long for the width end in an ellipsis;
 * characters that XML cannot hold become U+FFFD. No legend of Plot and no clipping may be used:
 * the former is HTML, the latter numbers its ids by call.
 */
export function plotSvg(figure: Figure): string {
  const { window } = new JSDOM("");
  const { document } = window;
  const sheet = sheetOf(document, figure);
  sheet.append(drawingOf(document, figure.plot));
  return `${cleanXml(new window.XMLSerializer().serializeToString(sheet))}\n`;
}

/**
 * `text` if it fits into `widthPx` at a font size of `fontPx`, else its beginning and an ellipsis.
 */
export function fitted(text: string, widthPx: number, fontPx: number): string {
  const characters = Array.from(text);
  const most = Math.max(1, Math.floor(widthPx / (fontPx * WIDEST_EM)));
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}

// Mean width of a character in the widest of the fonts above.
const WIDEST_EM = 0.62;

function sheetOf(document: Document, { title, subtitle, footnote, ...figure }: Figure): Element {
  const { width } = figure.plot;
  const height = HEADER_PX + figure.plot.height + (footnote === null ? 0 : FOOTER_PX);
  const line = (text: string, y: number, fontPx: number, style: Attributes): Element => {
    const shown = fitted(text, width - 2 * EDGE_PX, fontPx);
    return element(document, "text", { x: EDGE_PX, y, "font-size": fontPx, ...style }, shown);
  };
  const sheet = element(document, "svg", sheetAttributes(width, height));
  sheet.append(
    element(document, "title", {}, title),
    element(document, "desc", {}, figure.description),
    element(document, "rect", { width, height, fill: "white" }),
    line(title, 30, 17, { "font-weight": "bold" }),
    line(subtitle, 51, 12.5, { fill: FAINT_INK }),
  );
  if (footnote !== null) sheet.append(line(footnote, height - 14, 10.5, { fill: FAINT_INK }));
  return sheet;
}

function sheetAttributes(width: number, height: number): Attributes {
  return {
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    role: "img",
    color: INK,
    fill: INK,
    "font-family": FONT_FAMILY,
  };
}

function drawingOf(document: Document, options: PlotOptions): Element {
  const drawing = plot({ ...options, figure: false, document });
  // Plot's style sheet is for web pages; other viewers stumble over its selectors.
  drawing.querySelector("style")?.remove();
  drawing.removeAttribute("class");
  drawing.setAttribute("font-family", FONT_FAMILY);
  drawing.setAttribute("y", String(HEADER_PX));
  return drawing;
}

type Attributes = Readonly<Record<string, string | number>>;

function element(
  document: Document,
  name: string,
  attributes: Attributes,
  text?: string,
): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

// XML 1.0, section 2.2: most control characters and lone surrogates cannot stand in a document.
function cleanXml(text: string): string {
  return text.toWellFormed().replace(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu, "\ufffd");
}
