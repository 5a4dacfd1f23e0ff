/**
 * Privacy boundaries as import boundaries: what a role must not learn it must not import. The linter reads this list
 * (`import-x/no-restricted-paths`), and a test shows that it refuses.
 */

const SECRET_KEY = [
  "offchain/primitives/paillier/privateKey.ts",
  "offchain/primitives/paillier/keyGeneration.ts",
  "offchain/primitives/paillier/interop.ts",
];

const zone = (target, from, message) => ({ target: `./${target}`, from: `./${from}`, message });
const zones = (targets, froms, message) =>
  targets.flatMap((target) => froms.map((from) => zone(target, from, message)));

const ROLES = ["authority", "cloud", "pile", "proxy", "vehicle"].map(
  (role) => `offchain/roles/${role}.ts`,
);
const ABOVE_ROLES = ["simulation", "figures", "round.ts"].map((part) => `offchain/${part}`);
const ABOVE_MESSAGES = ["offchain/roles", "offchain/reputation", ...ABOVE_ROLES];
const ABOVE_PRIMITIVES = ["offchain/messages", ...ABOVE_MESSAGES];

export const boundaries = [
  ...zones(
    ["offchain/primitives"],
    [...ABOVE_PRIMITIVES, "tasks", "types"],
    "primitives are mathematics: they import nothing above themselves",
  ),
  ...zones(
    ["offchain/messages"],
    [...ABOVE_MESSAGES, "tasks"],
    "messages are data: they know neither roles nor runs",
  ),
  ...zones(["offchain/roles"], [...ABOVE_ROLES, "tasks"], "a role knows messages, not runs"),
  ...ROLES.flatMap((role) =>
    ROLES.filter((other) => other !== role).map((other) =>
      zone(role, other, "roles meet in messages only"),
    ),
  ),
  ...zones(
    ["proxy", "vehicle", "pile"].map((role) => `offchain/roles/${role}.ts`),
    SECRET_KEY,
    "the round's secret key never leaves the cloud",
  ),
  ...zones(
    ["cloud", "proxy"].map((role) => `offchain/roles/${role}.ts`),
    ["offchain/messages/records.ts"],
    "clear records belong to their owners",
  ),
  ...zones(
    ["offchain/roles/cloud.ts"],
    ["offchain/messages/upload.ts", "offchain/messages/requestAndOffer.ts"],
    "the cloud never sees a user's ciphertext",
  ),
  ...zones(
    ["offchain/roles/cloud.ts"],
    ["offchain/primitives/paillier/keyGeneration.ts", "offchain/primitives/paillier/interop.ts"],
    "the authority deals the key",
  ),
];
