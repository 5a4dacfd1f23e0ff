/**
 * What is refused before anything happens: one sentence, which names the option as it is typed, the
 * value, and what would do instead.
 */
import { expect } from "chai";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine } from "../support/flow/commandLine.ts";
import { runHere } from "../support/flow/inProcess.ts";
import { startNode, type RunningNode } from "../support/flow/nodeProcess.ts";

const ID = `0x${"11".repeat(32)}`;

const ALONE: readonly (readonly [string, RegExp])[] = [
  ["market run --scenario village", /^--scenario: expected one of town, .*, got "village"$/],
  ["market run --key-bits 1000", /^--key-bits: expected an even size from 2048 .*, got 1000$/],
  ["market run --k 1", /^--k: expected a whole number in 2..64, got 1$/],
  ["market run --l 0", /^--l: expected a whole number in 1..5, which is k, got 0$/],
  ["market run --slot-hours 5", /^--slot-hours: expected hours that divide 24, got 5$/],
  ["market run --mode fast", /^--mode: expected strict, got fast$/],
  ["market run --vehicles 10001", /^--vehicles: expected 1 to 10000, got 10001$/],
  ["market run --date 2025-13-01", /^--date: expected a date YYYY-MM-DD, got 2025-13-01$/],
  ["market run --stations a --sessions b --near x", /^--near: expected degrees as .*, got "x"$/],
  ["market run --stations s.csv", /^--sessions: expected a file, since s.csv is given; name both$/],
  ["market run --seed ", /^--seed: expected a text, got none$/],
  ["auction prices --seed ", /^--seed: expected a text, got none$/],
  ["gas --seed ", /^--seed: expected a text, got none$/],
  ["cloak show --seed ", /^--seed: expected a text, got none$/],
  ["reputation figure --seed ", /^--seed: expected a text, got none$/],
  ["market run --stations a --sessions b --piles 3", /^--piles: expected no scenario .*, got 3$/],
  ["market run --stations a --sessions b --scenario hamlet", /^--scenario: .*, got hamlet$/],
  ["cloak show --k 65", /^--k: expected a whole number in 2..64, got 65$/],
  ["cloak show --spread 5000", /^--most-spread: expected metres, at least 5000, got 4000$/],
  ["cloak show --cell 10", /^--cell: expected whole metres in 250..65535, got 10$/],
  ["auction prices --scenario x", /^--scenario: expected one of .*, got "x"$/],
  ["auction prices --trip nobody", /^--trip: expected a trip of hamlet, got nobody$/],
  ["gas --scenario x", /^--scenario: expected one of .*, got "x"$/],
  ["meter verify none.xml", /^cannot read records from none.xml: name a file that is there$/],
];

const ON_A_MARKET: readonly (readonly [string, RegExp])[] = [
  [
    "identity show --as nobody",
    /holds no people\/nobody.json: .*another folder .*identity enrol --as nobody --state \S+`$/,
  ],
  ["identity show --account 0x12", /^--account: expected an address, .*, got "0x12"$/],
  ["identity enrol --as eva --days 0", /^--days: expected 1 to 3650 days of validity, got 0$/],
  ["identity enrol --as p --kind pile --x 65536", /^--x: expected 0 to 65535 metres, got 65536$/],
  ["identity enrol --as eva --kind pile", /eva is a vehicle for ever, not a pile: take another/],
  ["auction open --as mia --key-bits 100", /^--key-bits: expected an even .*, got 100$/],
  ["auction open --as mia --cell 0", /^--cell: expected a whole number in 250..65535, got 0$/],
  ["auction open --as mia --bond 0", /^--bond: expected 1 to \d+ token units, got 0$/],
  ["auction open --as mia --mode x", /^--mode: expected strict, got x$/],
  ["auction open --as mia --again 0x12", /^--again: expected an id of 32 bytes, .*, got "0x12"$/],
  [
    "auction request --as eva --max-price 16777216",
    /^--max-price: expected 0 to 16777215 token units per kWh, got 16777216$/,
  ],
  [
    "auction request --as eva --max-distance 131072",
    /^--max-distance: expected 0 to 131071 metres, got 131072$/,
  ],
  ["auction bid --as paul --price 16777216", /^--price: expected 0 to .*, got 16777216$/],
  ["auction public open --as eva --quiet-seconds 0", /^--quiet-seconds: expected 1 to .*, got 0$/],
  ["auction public open --as eva --bond 0", /^--bond: expected 1 to \d+ token units, got 0$/],
  [
    "auction public bid --as paul --price 18446744073709551616",
    /^--price: expected 0 to 18446744073709551615 token units per kWh, got 18446744073709551616$/,
  ],
  ["auction public invite --as eva --pile paul", /^--distance: say how far away the pile is/],
  ["session agree --as eva", /^--begin, --end: say what the register showed, in Wh, as --begin/],
  ["session agree --as eva --end 9", /^--begin, --end: say what the register showed/],
  ["session agree --as eva --begin x --end 9", /^--begin: expected a whole number, got "x"$/],
  [
    "session rule --as eva --amount 0",
    /^no auction in .*: name the session with --session, run .* parcel$/,
  ],
  ["session rule --as eva", /^--amount: say what the pile gets of the metered amount/],
  [`session show --session ${ID}`, /^session 0x11.* was not opened: start it first$/],
  [
    "meter register --pile paul --days 0",
    /holds no meters\/paul.pub: run `npx hardhat meter simulate .*, or for a real meter/,
  ],
  ["meter show --pile paul", /^no meter is certified for pile 0x.*: run `npx hardhat meter reg/],
  ["reputation rate --as eva --rating 4", /^--rating: expected 1 to 3, got 4$/],
  ["reputation bookkeeper", /^there are no evaluations yet: let a vehicle rate a session first$/],
  ["coupon offer --as eva --amount 0", /^--amount: expected 1 to \d+.*, got 0$/],
];

describe("refusals on the command line", function () {
  this.timeout(300_000);

  let node: RunningNode;
  let state: string;

  before(async () => {
    node = await startNode();
    state = await mkdtemp(join(tmpdir(), "chargeveil-refusals-"));
  });
  after(async () => {
    await node.stop();
    await rm(state, { recursive: true });
  });

  const { done, refused } = commandLine(
    () => node,
    () => state,
  );

  for (const [command, sentence] of ALONE) {
    it(`name option and value: ${command}`, async () => {
      const { code, stdout, stderr } = await runHere(command.split(" "));
      expect([code, stdout]).to.deep.equal([1, ""]);
      expect(stderr.trim()).to.match(sentence);
    });
  }

  it("name a window that the contract would not take, before anything is deployed", async () => {
    const deploy = ["market", "deploy"];
    await refused(
      /^--authorise-seconds: expected 1 to .*, got 0$/,
      ...deploy,
      "--authorise-seconds",
      "0",
    );
    await refused(
      /^--plug-in-seconds: .*, got 9999999$/,
      ...deploy,
      "--plug-in-seconds",
      "9999999",
    );
    await refused(/^--court: expected an address.*got "x"/, ...deploy, "--court", "x");
    await done(...deploy);
    await done("identity", "enrol", "--as", "mia", "--kind", "matcher", "--operator", "Mia's");
    await done("identity", "enrol", "--as", "cloud", "--kind", "matcher", "--operator", "Cleo's");
    await done("identity", "enrol", "--as", "eva");
    await done("identity", "enrol", "--as", "paul", "--kind", "pile");
  });

  for (const [command, sentence] of ON_A_MARKET) {
    it(`name option, value or remedy: ${command.slice(0, 60)}`, async () => {
      await refused(sentence, ...command.split(" "));
    });
  }

  it("name the option of a meter's terms", async () => {
    await done("meter", "simulate", "--meter", "paul");
    const register = ["meter", "register", "--pile", "paul"];
    await refused(/^--days: expected 1 to 3650, got 0$/, ...register, "--days", "0");
    const most = ["--rated-power", "4294967296"];
    await refused(
      /^--rated-power: expected 1 to 4294967295, got 4294967296$/,
      ...register,
      ...most,
    );
  });
});
