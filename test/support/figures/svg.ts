/** Reading SVG files in tests: as XML, so that a file that is not well-formed is an error. */
import { JSDOM } from "jsdom";

/** The document of an SVG file. Throws when the text is not well-formed XML. */
export function parseSvg(svg: string): Document {
  return new JSDOM(svg, { contentType: "image/svg+xml" }).window.document;
}

/** The marks in the groups of a class. */
export function marksOf(document: Document, className: string): readonly Element[] {
  return [...document.querySelectorAll(`g.${className} > *`)];
}

/** The texts of all text elements, in order. */
export function textsOf(document: Document): readonly string[] {
  return [...document.querySelectorAll("text")].map((element) => element.textContent);
}
