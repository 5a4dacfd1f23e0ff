/**
 * Privacy boundaries as import boundaries: what a role must not learn it must not import. The linter reads this list
 * (`import-x/no-restricted-paths`), and a test shows that it refuses.
 */

const SECRET_KEY = [
  "offchain/core/primitives/paillier/privateKey.ts",
  "offchain/core/primitives/paillier/keyGeneration.ts",
  "offchain/core/primitives/paillier/interop.ts",
  "offchain/core/primitives/paillier/ownerEncryption.ts",
  "offchain/core/primitives/proofs/decryptionProver.ts",
];

const zone = (target, from, message) => ({ target: `./${target}`, from: `./${from}`, message });
const zones = (targets, froms, message) =>
  targets.flatMap((target) => froms.map((from) => zone(target, from, message)));

const role = (name) => `offchain/parties/${name}.ts`;
/** The files of each party. */
const PARTIES = [
  ["authority", "authorityCredentials"],
  ["cashier"],
  ["cloaker"],
  ["cloud"],
  ["pile"],
  ["proxy", "proxyAdmission", "proxyNeighbours", "proxyTranscript"],
  ["vehicle", "vehicleCloaking"],
  ["tracing"],
].map((names) => names.map(role));
const [AUTHORITY, CASHIER, CLOAKER, CLOUD, PILE, PROXY, VEHICLE, TRACERS] = PARTIES;
const ABOVE_ROLES = [
  "pricing",
  "simulation",
  "figures",
  "bench",
  "paper",
  "workers",
  "handshake.ts",
  "round.ts",
  "modes.ts",
].map((part) => `offchain/${part}`);
const FUNDING = "offchain/core/funding";
const ABOVE_MESSAGES = [
  "offchain/parties",
  "offchain/core/meter",
  "offchain/core/reputation",
  "offchain/core/credential",
  FUNDING,
  ...ABOVE_ROLES,
];
const CLOAK = "offchain/core/cloak";
const ABOVE_PRIMITIVES = ["offchain/core/messages", "offchain/core/matching", CLOAK, ...ABOVE_MESSAGES];

const credential = (name) => `offchain/core/credential/${name}.ts`;
/** Where the secrets of credentials are: the holder's, the issuer's, the tracers'. */
const HOLDER_SECRET = ["holder", "show", "gatewayClient", "handshake/vehicle"].map(credential);
const ISSUER_SECRET = ["registrar"].map(credential);
const TRACER_SECRET = ["opening"].map(credential);
/** Who sees presentations, and must not be able to do more than verify them. */
const VERIFIERS = ["verify", "gateway", "handshake/station"].map(credential);

/** Where the secrets of coins are: the cashier's key and book, the vehicle's serials. */
const MINT_SECRET = [`${FUNDING}/mint.ts`];
const PURSE_SECRET = [`${FUNDING}/purse.ts`];

const PAPER = "offchain/study/paper";
/** What is deployed: everything but measurements and the paper's matching itself. */
const PRODUCT = [
  ...ABOVE_PRIMITIVES.filter((part) => part !== PAPER && part !== "offchain/study/bench"),
  "offchain/core/primitives",
];

/** What cloaking is for: everything in its folder but the paper's algorithm and the attackers. */
const CLOAK_PRODUCT = [
  "cloakError",
  "draws",
  "grid",
  "neighbours",
  "pinnedSession",
  "reciprocalBuckets",
  "spread",
  "unitedRequest",
].map((file) => `${CLOAK}/${file}.ts`);

/** What shows and measures, and hides nobody. */
const ONLOOKERS = ["offchain/study/figures", "offchain/study"];

export const boundaries = [
  ...zones(PRODUCT, [PAPER], "the paper's matching is measured and attacked, never used"),
  ...zones(
    [PAPER],
    [...PRODUCT, "offchain/study/bench", "tasks"].filter(
      (part) => part !== "offchain/core/primitives" && part !== "offchain/core/messages",
    ),
    "the paper's matching stands by itself: it knows primitives and the ranges of fields",
  ),
  ...zones(
    ["offchain/core/primitives"],
    [...ABOVE_PRIMITIVES, "tasks", "types"],
    "primitives are mathematics: they import nothing above themselves",
  ),
  ...zones(
    [CLOAK],
    [...ABOVE_PRIMITIVES.filter((part) => part !== CLOAK), "tasks"],
    "cloaking knows cells and chance, neither roles nor runs",
  ),
  ...zones(
    [...CLOAK_PRODUCT, ...PRODUCT.filter((part) => ![CLOAK, ...ONLOOKERS].includes(part))],
    [`${CLOAK}/paperReproduction`, `${CLOAK}/study`],
    "the paper's cloaking and the attackers are shown and measured, never used",
  ),
  ...zones(
    ["offchain/core/messages"],
    [...ABOVE_MESSAGES, "offchain/core/matching", CLOAK, "tasks"],
    "messages are data: they know neither roles nor runs",
  ),
  ...zones(
    ["offchain/core/matching"],
    [...ABOVE_MESSAGES, ...SECRET_KEY, "offchain/core/messages/records.ts", "tasks"],
    "what both servers compute on shares knows no party, no key and no clear record",
  ),
  ...zones(["offchain/parties"], [...ABOVE_ROLES, "tasks"], "a role knows messages, not runs"),
  ...zones(
    ["offchain/core/credential"],
    ["offchain/parties", "offchain/core/matching", ...SECRET_KEY, ...ABOVE_ROLES, "tasks"],
    "credentials know who may trade, and nothing of the trade",
  ),
  ...zones(
    VERIFIERS,
    [...HOLDER_SECRET, ...ISSUER_SECRET, ...TRACER_SECRET],
    "whoever sees presentations can neither make nor open them",
  ),
  ...zones(
    HOLDER_SECRET,
    [...ISSUER_SECRET, ...TRACER_SECRET],
    "a holder neither issues nor traces",
  ),
  ...zones(
    ISSUER_SECRET,
    [...HOLDER_SECRET, ...TRACER_SECRET],
    "the issuer never has a holder's secret, and traces nobody",
  ),
  ...zones(
    TRACER_SECRET,
    [...HOLDER_SECRET, ...ISSUER_SECRET],
    "a tracer neither shows nor issues",
  ),
  ...zones(
    [FUNDING],
    [...ABOVE_PRIMITIVES.filter((part) => part !== FUNDING), ...SECRET_KEY, "tasks"],
    "coins know neither who trades nor what",
  ),
  ...zones(
    [...PURSE_SECRET, ...VEHICLE],
    MINT_SECRET,
    "a holder of coins has neither the mint's key nor its book",
  ),
  ...zones(
    [...MINT_SECRET, ...CASHIER],
    PURSE_SECRET,
    "the cashier has nothing of what a holder knows of its coins",
  ),
  ...PARTIES.flatMap((party) =>
    zones(party, PARTIES.filter((other) => other !== party).flat(), "roles meet in messages only"),
  ),
  ...zones(
    [...PROXY, ...VEHICLE, ...PILE],
    SECRET_KEY,
    "the round's secret key never leaves the cloud",
  ),
  ...zones(
    CLOAKER,
    ["upload.ts", "sealedUpload.ts", "records.ts", "delivery.ts"].map(
      (file) => `offchain/core/messages/${file}`,
    ),
    "the cloaker knows pseudonyms and cells, and nothing of what is asked for",
  ),
  ...zones(
    [...CLOAKER, ...CLOUD, ...PILE, ...PROXY],
    [...HOLDER_SECRET, ...ISSUER_SECRET, ...TRACER_SECRET],
    "who is shown a credential can neither make nor open one",
  ),
  ...zones(
    AUTHORITY,
    [...HOLDER_SECRET, ...TRACER_SECRET],
    "the registrar neither shows nor traces: it says whose an identifier is",
  ),
  ...zones(
    TRACERS,
    [...HOLDER_SECRET, ...ISSUER_SECRET],
    "a tracer finds an identifier, and has no register",
  ),
  ...zones(VEHICLE, [...ISSUER_SECRET, ...TRACER_SECRET], "a vehicle neither issues nor traces"),
  ...zones(
    [...CLOUD, ...PROXY],
    ["offchain/core/messages/records.ts"],
    "clear records belong to their owners",
  ),
  ...zones(
    CLOUD,
    ["upload.ts", "sealedUpload.ts", "provenRecord.ts"].map((file) => `offchain/core/messages/${file}`),
    "the cloud never sees a user's ciphertext",
  ),
  ...zones(
    CLOUD,
    ["offchain/core/primitives/paillier/keyGeneration.ts", "offchain/core/primitives/paillier/interop.ts"],
    "the authority deals the key",
  ),
];
