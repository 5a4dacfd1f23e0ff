/**
 * Privacy boundaries as import boundaries: what a role must not learn it must not import. The linter reads this list
 * (`import-x/no-restricted-paths`), and a test shows that it refuses.
 */

const SECRET_KEY = [
  "offchain/primitives/paillier/privateKey.ts",
  "offchain/primitives/paillier/keyGeneration.ts",
  "offchain/primitives/paillier/interop.ts",
  "offchain/primitives/paillier/ownerEncryption.ts",
  "offchain/primitives/paillier/batchDecryption.ts",
  "offchain/primitives/proofs/decryptionProver.ts",
];

const zone = (target, from, message) => ({ target: `./${target}`, from: `./${from}`, message });
const zones = (targets, froms, message) =>
  targets.flatMap((target) => froms.map((from) => zone(target, from, message)));

const role = (name) => `offchain/roles/${name}.ts`;
/** The files of each party. */
const PARTIES = [
  ["authority"],
  ["cloud", "cloudOfShares"],
  ["pile"],
  ["proxy", "proxyOfShares"],
  ["vehicle"],
].map((names) => names.map(role));
const [, CLOUD, , PROXY] = PARTIES;
const ABOVE_ROLES = ["simulation", "figures", "round.ts", "strictRound.ts", "modes.ts"].map(
  (part) => `offchain/${part}`,
);
const ABOVE_MESSAGES = ["offchain/roles", "offchain/reputation", ...ABOVE_ROLES];
const ABOVE_PRIMITIVES = ["offchain/messages", "offchain/matching", ...ABOVE_MESSAGES];

export const boundaries = [
  ...zones(
    ["offchain/primitives"],
    [...ABOVE_PRIMITIVES, "tasks", "types"],
    "primitives are mathematics: they import nothing above themselves",
  ),
  ...zones(
    ["offchain/messages"],
    [...ABOVE_MESSAGES, "offchain/matching", "tasks"],
    "messages are data: they know neither roles nor runs",
  ),
  ...zones(
    ["offchain/matching"],
    [...ABOVE_MESSAGES, ...SECRET_KEY, "offchain/messages/records.ts", "tasks"],
    "what both servers compute on shares knows no party, no key and no clear record",
  ),
  ...zones(["offchain/roles"], [...ABOVE_ROLES, "tasks"], "a role knows messages, not runs"),
  ...PARTIES.flatMap((party) =>
    zones(party, PARTIES.filter((other) => other !== party).flat(), "roles meet in messages only"),
  ),
  ...zones(
    [...PROXY, role("vehicle"), role("pile")],
    SECRET_KEY,
    "the round's secret key never leaves the cloud",
  ),
  ...zones(
    [...CLOUD, ...PROXY],
    ["offchain/messages/records.ts"],
    "clear records belong to their owners",
  ),
  ...zones(
    CLOUD,
    ["offchain/messages/upload.ts", "offchain/messages/requestAndOffer.ts"],
    "the cloud never sees a user's ciphertext",
  ),
  ...zones(
    CLOUD,
    ["offchain/primitives/paillier/keyGeneration.ts", "offchain/primitives/paillier/interop.ts"],
    "the authority deals the key",
  ),
];
