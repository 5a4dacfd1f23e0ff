/**
 * Who may import what. Parties are apart in the code: a folder a party, which knows messages and
 * never another party; and what a party must not hold is out of its reach over any detour. `npm run
 * lint` holds every file to this list, and `test/privacy/boundaries.test.ts` shows that each rule
 * refuses.
 *
 * Imports of types count like any other: a type is knowledge too, and circles of types are circles.
 */

const CORE = "^offchain/core/";
const core = (...names) => `${CORE}(${names.join("|")})`;
/** Every party but these: a party that is new is kept away until it is named. */
const everyPartyBut = (...names) => `^offchain/parties/(?!(?:${names.join("|")})/)`;
const party = (...names) => `^offchain/parties/(${names.join("|")})/`;

/** What decrypts, deals keys, or needs the key of a round. */
const PRIVATE_KEY = core(
  "primitives/paillier/(privateKey|keyGeneration|keyFromPrimes|interop|ownerEncryption)\\.ts",
  "primitives/proofs/decryptionProver\\.ts",
  "messages/keyLetter\\.ts",
);
const KEY_DEALING = core("primitives/paillier/(keyGeneration|interop)\\.ts");
const CLEAR_RECORDS = core("messages/records\\.ts");
const UPLOADS = core("messages/(upload|sealedUpload|provenRecord)\\.ts");

/** Where the secrets of credentials are: the holder's, the issuer's, the tracers'. */
const HOLDER_SECRET = core(
  "credential/(holder|show|gatewayClient)\\.ts",
  "credential/handshake/vehicle\\.ts",
);
const ISSUER_SECRET = core("credential/registrar\\.ts");
const TRACER_SECRET = core("credential/opening\\.ts");
const VERIFIERS = core("credential/(verify|gateway)\\.ts", "credential/handshake/station\\.ts");

/** Where the secrets of coins are: the cashier's key and book, the vehicle's serials. */
const MINT_SECRET = core("funding/mint\\.ts");
const PURSE_SECRET = core("funding/purse\\.ts");

const PAPER_ORACLE = "^offchain/study/paper/(plaintextPaperMatcher|paperRecords)\\.ts";
const PAPER_RECORDS = "^offchain/study/paper/paperRecords\\.ts";
const STUDY = "^offchain/study/";
const service = (...names) => `^offchain/services/(${names.join("|")})/`;

/** No file that `from` matches imports a file that `to` matches. */
const apart = (name, comment, from, to, pathNot) => rule(name, comment, from, to, pathNot, {});
/** The same over any detour. */
const outOfReach = (name, comment, from, to, pathNot) =>
  rule(name, comment, from, to, pathNot, { reachable: true });

function rule(name, comment, from, to, pathNot, more) {
  return {
    name,
    comment,
    severity: "error",
    from: { path: from },
    to: { path: to, ...(pathNot === undefined ? {} : { pathNot }), ...more },
  };
}

const layers = [
  apart(
    "core-knows-nothing-above",
    "The core is pure: it knows no chain, no party, no market and no study.",
    CORE,
    "^(offchain/(?!core/)|tasks/|scripts/|types/|ignition/)",
  ),
  apart(
    "primitives-are-mathematics",
    "Primitives import nothing above themselves.",
    core("primitives/"),
    "^(offchain|tasks|types)/",
    core("primitives/"),
  ),
  apart(
    "messages-are-data",
    "Messages know neither schemes nor parties.",
    core("messages/"),
    CORE,
    core("(primitives|messages)/"),
  ),
  apart(
    "cloaking-knows-cells-and-chance",
    "Cloaking imports primitives alone.",
    core("cloak/"),
    CORE,
    core("(primitives|cloak)/"),
  ),
  apart(
    "coins-know-no-trade",
    "Coins know neither who trades nor what.",
    core("funding/"),
    CORE,
    core("(primitives|funding)/"),
  ),
  apart(
    "credentials-know-no-trade",
    "Credentials know who may trade, and nothing of the trade.",
    core("credential/"),
    CORE,
    core("(primitives|messages|credential)/"),
  ),
  apart(
    "matching-knows-no-records",
    "What both servers compute on shares knows no party and no clear record.",
    core("matching/"),
    CORE,
    core("(primitives|messages|matching)/"),
  ),
  apart(
    "chain-knows-the-core",
    "The chain's reader knows the core, and no party.",
    "^offchain/chain/",
    "^(offchain|tasks|scripts)/",
    "^offchain/(core|chain)/",
  ),
  apart(
    "a-party-knows-messages",
    "A party knows the core and the chain, and nothing that puts parties together.",
    "^offchain/parties/",
    "^(offchain/(market|services|study)|tasks|scripts)/",
  ),
  {
    name: "parties-meet-in-messages",
    comment: "A party never imports another: only what both servers run, and what both owners run.",
    severity: "error",
    from: {
      path: "^offchain/parties/([^/]+)/",
      pathNot: party("proxy", "cloud", "vehicle", "pile"),
    },
    to: { path: "^offchain/parties/", pathNot: "^offchain/parties/$1/" },
  },
  {
    name: "servers-meet-in-messages",
    comment: "Proxy and cloud share what both servers run, and never import each other.",
    severity: "error",
    from: { path: party("proxy", "cloud") },
    to: { path: "^offchain/parties/", pathNot: "^offchain/parties/($1|server)/" },
  },
  {
    name: "owners-meet-in-messages",
    comment:
      "Vehicle and pile share what every owner of a record does, and never import each other.",
    severity: "error",
    from: { path: party("vehicle", "pile") },
    to: { path: "^offchain/parties/", pathNot: "^offchain/parties/($1|owner)/" },
  },
  apart(
    "the-market-is-no-command-line",
    "A step of the trade knows no state folder, no task and no printing.",
    "^offchain/market/",
    "^(offchain/services|tasks|scripts|ignition)/",
  ),
  {
    name: "services-are-apart",
    comment: "A service never imports another; what all share lies beside them.",
    severity: "error",
    from: { path: service("authority", "proxy", "cloud") },
    to: { path: "^offchain/services/[^/]+/", pathNot: "^offchain/services/$1/" },
  },
  {
    name: "a-service-is-its-party",
    comment: "The process of a party runs that party, and what both servers run.",
    severity: "error",
    from: { path: service("authority", "proxy", "cloud") },
    to: {
      path: "^offchain/(parties|market)/",
      pathNot: "^offchain/parties/($1|server)/",
    },
  },
  apart(
    "services-are-no-command-line",
    "A service is called by nobody's command line: it knows no task and no script.",
    "^offchain/services/",
    "^(tasks|scripts|ignition)/",
  ),
  apart(
    "services-share-no-party",
    "What all services share knows the line between the servers, and no party.",
    "^offchain/services/[^/]+\\.ts$",
    "^offchain/(parties|market)/",
    "^offchain/parties/server/",
  ),
  apart(
    "nobody-imports-the-study",
    "What measures and reproduces is never part of the product: tasks and scripts alone call it.",
    "^offchain/(core|chain|parties|market|services)/",
    STUDY,
  ),
  apart(
    "the-paper-stands-by-itself",
    "The paper's matching knows primitives, and the ranges of fields.",
    "^offchain/study/paper/",
    "^offchain/",
    `^offchain/(study/paper|core/(primitives|messages))/`,
  ),
  apart(
    "the-papers-oracle-stands-by-itself",
    "What judges the paper's matching shares no code with it: records alone.",
    PAPER_ORACLE,
    "^(offchain|tasks|types|node_modules)/",
    PAPER_RECORDS,
  ),
];

const secrets = [
  outOfReach(
    "the-private-key-is-the-clouds",
    "The key of a round never leaves the cloud, once the authority has dealt it.",
    `(${everyPartyBut("authority", "cloud")}|${core("matching/")})`,
    PRIVATE_KEY,
  ),
  outOfReach(
    "the-authority-deals-the-key",
    "The cloud uses the key that it was dealt, and deals none; nor does anybody else.",
    everyPartyBut("authority"),
    KEY_DEALING,
  ),
  outOfReach(
    "clear-records-are-their-owners",
    "No server and no onlooker reads a clear record.",
    `(${everyPartyBut("owner", "vehicle", "pile")}|${core("matching/")})`,
    CLEAR_RECORDS,
  ),
  outOfReach(
    "the-cloud-sees-no-upload",
    "The cloud never sees an upload: what reaches it is masked.",
    party("cloud"),
    UPLOADS,
  ),
  outOfReach(
    "the-cloaker-knows-cells",
    "The cloaker knows pseudonyms and cells, and nothing of what is asked for.",
    party("cloaker"),
    core("messages/(upload|sealedUpload|provenRecord|records|delivery)\\.ts"),
  ),
  outOfReach(
    "who-verifies-cannot-make",
    "What is shown a credential can neither make nor open one.",
    `(${VERIFIERS}|${everyPartyBut("authority", "vehicle", "tracer")})`,
    `(${HOLDER_SECRET}|${ISSUER_SECRET}|${TRACER_SECRET})`,
  ),
  outOfReach(
    "a-holder-issues-nothing",
    "A holder neither issues nor traces.",
    `(${HOLDER_SECRET}|${party("vehicle")})`,
    `(${ISSUER_SECRET}|${TRACER_SECRET})`,
  ),
  outOfReach(
    "the-issuer-shows-nothing",
    "The issuer never has a holder's secret, and traces nobody.",
    `(${ISSUER_SECRET}|${party("authority")})`,
    `(${HOLDER_SECRET}|${TRACER_SECRET})`,
  ),
  outOfReach(
    "a-tracer-has-no-register",
    "A tracer finds an identifier; it neither shows nor issues.",
    `(${TRACER_SECRET}|${party("tracer")})`,
    `(${HOLDER_SECRET}|${ISSUER_SECRET})`,
  ),
  {
    name: "only-tracers-open",
    comment:
      "What opens a presentation is the tracers', who ask the chain first; the bench measures it.",
    severity: "error",
    from: {
      path: "^(offchain|tasks|plugins|scripts|ignition)/",
      pathNot: [
        "^offchain/parties/tracer/tracing\\.ts",
        // Knows the shape of an approval, which stands there.
        core("credential/loggedCases\\.ts"),
        "^offchain/study/bench/credentialOperations\\.ts",
      ],
    },
    to: { path: TRACER_SECRET },
  },
  {
    name: "tracers-are-asked-by-one-step",
    comment: "A part of an opening is made by the step that keeps it, and nowhere else.",
    severity: "error",
    from: {
      path: "^(offchain|tasks|plugins|scripts|ignition)/",
      pathNot: [party("tracer"), "^offchain/market/traceOpening\\.ts"],
    },
    to: { path: "^offchain/parties/tracer/tracing\\.ts" },
  },
  outOfReach(
    "the-mint-is-the-cashiers",
    "Nobody but the cashier has the mint's key or its book, a holder of coins least of all.",
    `(${PURSE_SECRET}|${everyPartyBut("cashier")})`,
    MINT_SECRET,
  ),
  outOfReach(
    "serials-are-the-holders",
    "Nobody but a holder of coins has what it knows of them, the cashier least of all.",
    `(${MINT_SECRET}|${everyPartyBut("vehicle")})`,
    PURSE_SECRET,
  ),
];

/** An entry point is a process: what it can reach, it holds. */
const processes = [
  outOfReach(
    "the-proxys-process-has-no-key",
    "The process of the proxy can decrypt nothing.",
    service("proxy"),
    PRIVATE_KEY,
  ),
  outOfReach(
    "the-clouds-process-sees-no-upload",
    "The process of the cloud gets masked records, and neither an upload nor a clear record.",
    service("cloud"),
    `(${UPLOADS}|${CLEAR_RECORDS})`,
  ),
  outOfReach(
    "the-clouds-process-deals-no-key",
    "The process of the cloud uses the keys that it was dealt.",
    service("cloud"),
    KEY_DEALING,
  ),
  outOfReach(
    "no-process-reads-a-record",
    "Clear records are their owners', whatever the process.",
    "^offchain/services/(?!apart/)",
    CLEAR_RECORDS,
  ),
  outOfReach(
    "the-authoritys-process-sees-no-trade",
    "The process of the authority deals, and gets nothing of what is traded.",
    service("authority"),
    `(${UPLOADS}|${core("messages/delivery\\.ts")})`,
  ),
  outOfReach(
    "no-process-studies",
    "A service is the product: the study is out of its reach.",
    "^offchain/services/",
    STUDY,
  ),
];

const order = [
  {
    name: "what-runs-is-installed",
    comment: "What a server loads is in `dependencies`: `npm ci --omit=dev` installs it.",
    severity: "error",
    from: { path: "^offchain/(core|chain|parties|market|services)/" },
    to: {
      dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"],
      dependencyTypesNot: ["type-only"],
    },
  },
  {
    name: "no-circles",
    comment: "Of two files one comes first.",
    severity: "error",
    from: {},
    to: { circular: true },
  },
  {
    name: "everything-resolves",
    comment: "An import that leads nowhere would be outside of every rule.",
    severity: "error",
    from: {},
    // Types of the contracts are generated by the build, and the rules hold before it too.
    to: { couldNotResolve: true, pathNot: "types/ethers-contracts/" },
  },
];

export default {
  forbidden: [...layers, ...secrets, ...processes, ...order],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^types/ethers-contracts/(?!index)" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".mts", ".mjs", ".js"],
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
