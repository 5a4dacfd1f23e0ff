/**
 * Names that people read. A contract knows two operators apart by the hashes of their names, and an
 * auction takes servers of two: names that people read alike must have one hash, or one operator
 * passes for two. Nor must a member be named in a court by what reads like another's name.
 *
 *   "Volt & Co", "VOLT  & co "   ⇒   "volt & co", of which the hash is taken
 *   "Vo\u200blt & Co", "Vоlt & Co" with a Cyrillic о   ⇒   no names
 */
import { id } from "ethers";
import type { Bytes32 } from "./market.ts";

/** What nobody sees: control and formatting characters, fillers, variation selectors. */
const UNSEEN = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800]/u;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const LATIN = /\p{Script=Latin}/u;
/** Letters that may look like Latin ones; those of East Asia stand beside Latin in true names. */
const LIKE_LATIN =
  /(?![\p{Script=Latin}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Common}\p{Script=Inherited}])\p{L}/u;

/** Why a text names nobody, as what was expected; null if it is a name. */
export function readableNameFault(name: string): string | null {
  if (!LETTER_OR_DIGIT.test(name)) return "a name with a letter or digit";
  if (UNSEEN.test(name)) return "a name without characters that nobody sees";
  const asWritten = name.normalize("NFKC");
  return LATIN.test(asWritten) && LIKE_LATIN.test(asWritten)
    ? "a name without letters of another alphabet among Latin ones"
    : null;
}

/** The same for names that people read alike: of the name in small letters, spaces once. */
export function nameHash(name: string): Bytes32 {
  const folded = name.normalize("NFKC").toLowerCase().normalize("NFKC");
  return id(folded.replaceAll(/\s+/gu, " ").trim());
}
