/** How well a day hid its vehicles, as tables for people. */
import type { PrivacyReport } from "../reports/privacyReport.ts";
import { decimal, textTable, type TextColumn } from "./textTable.ts";

const KEY_AND_VALUE: readonly TextColumn[] = [{ head: "", mostWide: 70 }, { head: "" }];
const ATTACK_COLUMNS: readonly TextColumn[] = [
  { head: "Attack", mostWide: 30 },
  { head: "Right" },
  { head: "Bound" },
  { head: "Trials" },
];
const LINK_COLUMNS: readonly TextColumn[] = [
  { head: "By", mostWide: 30 },
  { head: "Right" },
  { head: "Chance" },
  { head: "Bound" },
  { head: "Trials" },
];

/** Three tables, without a line feed at the end. */
export function privacyText(privacy: PrivacyReport): string {
  return [promiseText(privacy), attacksText(privacy), linksText(privacy)].join("\n\n");
}

function promiseText(privacy: PrivacyReport): string {
  const { k, l, cellM, reachM, requestsFromBuckets, requestsFromAnywhere } = privacy;
  return textTable("Privacy", KEY_AND_VALUE, [
    ["Vehicles behind a request, at least (k)", whole(k)],
    ["At most one in so many of them is in the same cell (ℓ)", whole(l)],
    ["Side of a cell, m", whole(cellM)],
    ["Compared with piles so far around a request's cells, m", whole(reachM)],
    ["Buckets of vehicles, in all slots", whole(privacy.buckets)],
    ["Requests from a bucket", whole(requestsFromBuckets)],
    ['Requests from "anywhere": too few around to be hidden', whole(requestsFromAnywhere)],
    [
      "Piles in buckets of piles, and anywhere",
      `${privacy.pilesInBuckets}, ${privacy.pilesAnywhere}`,
    ],
    ["Accounts, each for one session", whole(privacy.sessionAccounts)],
  ]);
}

function attacksText({ attacks }: PrivacyReport): string {
  if (attacks.length === 0) {
    return "Attacks on where vehicles are\ntoo few vehicles in every slot to be attacked";
  }
  return textTable(
    "How often attackers on where vehicles are were right",
    ATTACK_COLUMNS,
    attacks.map(({ name, success, bound, trials }) => [
      name,
      decimal(success, 3),
      decimal(bound, 3),
      whole(trials),
    ]),
  );
}

function linksText({ links }: PrivacyReport): string {
  if (links.every(({ trials }) => trials === 0)) {
    return "Linking two sessions of a vehicle, from the chain\nno vehicle came back: nothing to be linked";
  }
  return textTable(
    "How often two sessions of a vehicle were linked, from the chain",
    LINK_COLUMNS,
    links.map(({ name, success, chance, bound, trials }) => [
      name,
      decimal(success, 3),
      decimal(chance, 3),
      decimal(bound, 3),
      whole(trials),
    ]),
  );
}

function whole(value: number): string {
  return decimal(value, 0);
}
