/**
 * The contracts' errors in the words of who meets them: what is wrong, with the values of the
 * error, and what to do about it.
 */
import { AUCTION_SENTENCES } from "./auctionSentences.ts";
import { COMMON_SENTENCES } from "./commonSentences.ts";
import { IDENTITY_SENTENCES } from "./identitySentences.ts";
import { METER_SENTENCES } from "./meterSentences.ts";
import { MONEY_SENTENCES } from "./moneySentences.ts";
import type { RefusalValues, Sentences } from "./refusalTypes.ts";
import { SESSION_SENTENCES } from "./sessionSentences.ts";
import { shownValue } from "./shownValue.ts";

const PLACE = /\{([\w.]+)\}/g;

export const SENTENCES: Sentences = {
  ...AUCTION_SENTENCES,
  ...COMMON_SENTENCES,
  ...IDENTITY_SENTENCES,
  ...METER_SENTENCES,
  ...MONEY_SENTENCES,
  ...SESSION_SENTENCES,
};

/** The sentence of an error; of one without a sentence, its values by their names. */
export function sentenceOf(reason: string, values: RefusalValues): string {
  const sentence = SENTENCES[reason];
  if (sentence === undefined) return listed(values);
  return sentence.replaceAll(PLACE, (_, place: string) => {
    const value = values[place];
    return value === undefined ? place : shownValue(place, value);
  });
}

function listed(values: RefusalValues): string {
  const named = Object.entries(values).map(([name, value]) => `${name} ${value}`);
  return named.length === 0 ? "a contract has refused" : named.join(", ");
}
