/**
 * Settlement on meters' records over `hardhat node` in a market with disputes: what is refused, a
 * partial refund by two of three arbiters, the end without any, and the end by agreement. The
 * trades until the meter runs are made without matching.
 */
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { chainKey, meterKeyId } from "../../offchain/core/meter/meterKey.ts";
import { sessionName } from "../../offchain/core/meter/sessionName.ts";
import {
  meterTransaction,
  newMeter,
  type MeteredTransaction,
  type SimulatedMeter,
} from "../../offchain/core/meter/simulatedMeter.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { send, type MarketContracts } from "../../offchain/chain/market.ts";
import { metersIn } from "../../tasks/stores/meterStore.ts";
import { stateIn } from "../../tasks/stores/state.ts";
import { nowSeconds, populated, worldAt, type MarketWorld } from "../support/market/deployed.ts";
import {
  CHARGED_SECONDS,
  chargingSessions,
  ENERGY_WH,
  METERED_UNITS,
} from "../support/market/charging.ts";
import { commandLine, type Facts } from "../support/flow/commandLine.ts";
import { lockedNode, type LockedNode } from "../support/flow/lockedNode.ts";
import { runOnNode, startNode, type RunningNode } from "../support/flow/nodeProcess.ts";
import { writePeople } from "../support/flow/worldState.ts";

const DISPUTE_SECONDS = 3_600;
const ARBITRATION_SECONDS = 7_200;
const RULED_UNITS = "1000000";
/** The 13th account of every `hardhat node`. */
const THIRD_ARBITERS_KEY = "0xa267530f49f8280200edf313ee7af6b827f2a8bce2897751d06a843f644967b1";

describe("disputes over a node, step by step", function () {
  this.timeout(600_000);

  let node: RunningNode;
  let locked: LockedNode;
  let connection: NetworkConnection;
  let world: MarketWorld;
  let state: string;
  let arbiters: readonly string[];
  let meter: SimulatedMeter;
  let sessions: readonly Bytes32[];

  before(async () => {
    node = await startNode();
    locked = await lockedNode(node.url);
    connection = await network.create({ network: "localhost", override: { url: node.url } });
    state = await mkdtemp(join(tmpdir(), "chargeveil-dispute-"));
    const accounts = await connection.ethers.getSigners();
    arbiters = accounts.slice(10, 13).map(({ address }) => address);
  });

  after(async () => {
    await connection.close();
    await locked.stop();
    await node.stop();
    await rm(state, { recursive: true });
  });

  const { done, refused, passTime } = commandLine(
    () => node,
    () => state,
  );

  const session = (place: number): Bytes32 => sessions[place] ?? "";

  /** Has the pile's meter measure, and writes what it signs. Returns the file. */
  const measured = async (identification: string, name: string): Promise<string> => {
    const result = await meterTransaction(meter, await transaction(world, identification));
    meter = result.meter;
    return written(result.records, name);
  };

  const written = async (records: readonly string[], name: string): Promise<string> => {
    const file = join(state, name);
    await writeFile(file, records.join("\n"));
    return file;
  };

  const settle = (place: number, ...args: string[]): string[] => {
    return ["session", "settle", "--as", "paul", "--session", session(place), ...args];
  };

  const lockedUnits = async (): Promise<readonly bigint[]> => {
    const { escrow } = world.market.contracts;
    const parties = [world.vehicle, world.pile].map(({ signer }) => signer.address);
    return (await Promise.all(parties.map((account) => escrow.balanceOf(account)))).map(
      ({ locked }) => locked,
    );
  };

  it("deploys a market with three arbiters, two of whom rule, and a court", async () => {
    const [court = ""] = arbiters;
    const deployed = await done(
      ...["market", "deploy", "--dispute-seconds", String(DISPUTE_SECONDS)],
      ...["--arbitration-seconds", String(ARBITRATION_SECONDS)],
      ...["--arbiters", arbiters.join(","), "--quorum", "2"],
      ...["--court", court.toLowerCase()],
    );
    expect(deployed).to.include({ quorum: 2, court });
    expect(deployed.arbiters).to.deep.equal(arbiters);
    const at = deployed as Readonly<Record<keyof MarketContracts, string>>;
    world = await populated(await worldAt(connection, at));
    expect(await world.market.contracts.identities.court()).to.equal(court);
    await writePeople(world, state);
    const { sessions: contract } = world.market.contracts;
    const quorum = await connection.ethers.getContractAt("ArbiterQuorum", await contract.arbiter());
    expect(await quorum.quorum()).to.equal(2n);
    expect((await contract.windows()).arbitration).to.equal(BigInt(ARBITRATION_SECONDS));
  });

  it("registers a meter by its key file, shows it, and refuses keys that settle nothing", async () => {
    const made = await done("meter", "simulate", "--meter", "paul", "--curve", "secp256k1");
    meter = await meterOfPaul(state);
    const [asked, certificate] = [join(state, "asked.json"), join(state, "meter.json")];
    const request = ["meter", "request", "--out", asked, "--as", "paul", "--key-file"];
    const requested = await done(...request, String(made.keyFile), "--rated-power", "11000");
    expect(requested).to.include({ key: made.key, issue: 1, meterSigned: false });
    await done("meter", "certify", "--request", asked, "--out", certificate);
    const registered = await done("meter", "register", "--certificate", certificate);
    expect(registered).to.include({ key: made.key, curve: "secp256k1", ratedPowerW: 11000 });

    const strange = join(state, "strange.pub");
    await writeFile(strange, `04${"11".repeat(96)}`);
    await Promise.all([
      refused(/expected a public key/, ...request, strange, "--curve", "secp384r1"),
      refused(/expected a pile, eva is a vehicle/, ...request.with(5, "eva"), String(made.keyFile)),
    ]);
    const shown = await done("meter", "show", "--pile", "paul");
    expect(shown).to.include({ key: made.key, lastPagination: 0 });
    expect(shown.otherKeys).to.deep.equal([]);
  });

  it("refuses records that are not the meter's, or not of the session, and moves nothing", async () => {
    sessions = await chargingSessions(world, 3);
    const foreign = newMeter("secp256r1", "another", systemRng);
    const name = sessionName(session(0));
    const byForeign = await meterTransaction(foreign, await transaction(world, name));
    const foreignFile = await written(byForeign.records, "foreign.ocmf");
    const foreignKey = join(state, "foreign.pub");
    await writeFile(foreignKey, Buffer.from(foreign.publicKey.spki).toString("base64"));
    const genuine = await meterTransaction(meter, await transaction(world, name));
    const [record = ""] = genuine.records;
    const tampered = await written([record.replace('"RV":6.0000', '"RV":6.5000')], "tampered.ocmf");
    const genuineFile = await written([record], "genuine.ocmf");
    const before = await lockedUnits();

    await Promise.all([
      refused(/MeterBadSignature/, ...settle(0, "--records", foreignFile)),
      refused(/MeterUnknownKey/, ...settle(0, "--records", foreignFile, "--key-file", foreignKey)),
      refused(/MeterBadSignature/, ...settle(0, "--records", tampered)),
      refused(/name of this session.*SessionBadSignature/, ...settle(1, "--records", genuineFile)),
      refused(/charging.*metered.*SessionWrongState/, ...call("dispute", "eva", session(0))),
    ]);
    expect(record).to.contain('"RV":6.0000');
    const verify = ["meter", "verify", tampered, "--key-file", join(state, "meters/paul.pub")];
    const verdict = await runOnNode(node.url, [...verify, "--json"]);
    expect(verdict.code).to.equal(1);
    expect(verdict.stderr.trim()).to.equal("1 of 1 records are not signed by their key");
    const [listed] = JSON.parse(verdict.stdout) as readonly Facts[];
    expect(listed).to.include({ verifies: false, settles: "never", refusal: "MeterBadSignature" });
    expect(await lockedUnits()).to.deep.equal(before);
    const { meters } = world.market.contracts;
    expect(await meters.queryFilter(meters.filters.RecordsConsumed())).to.deep.equal([]);
  });

  it("meters a session on its record, once, and lets the money wait", async () => {
    const file = await measured(sessionName(session(0)), "first.ocmf");
    const metered = await done(...settle(0, "--records", file));
    expect(metered).to.include({ state: "metered", amountUnits: Number(METERED_UNITS) });
    expect(metered.next).to.match(/^vehicle: npx hardhat session dispute --as /);
    await Promise.all([
      refused(/MeterPaginationSpent/, ...settle(1, "--records", file)),
      refused(/SessionTooEarly/, ...call("finalise", "paul", session(0))),
    ]);
  });

  it("refunds in part, as two of three arbiters say", async () => {
    const disputed = await done(...call("dispute", "eva", session(0)));
    expect(disputed).to.include({ state: "disputed" });
    const [first = "", , third = ""] = arbiters;
    const rule = (arbiter: string, units: string): string[] => {
      return [...call("rule", arbiter, session(0)), "--amount", units];
    };
    await Promise.all([
      refused(
        /amount 2700001 is above the metered 2700000.*SessionRulingTooHigh/,
        ...rule(first, "2700001"),
      ),
      refused(/is not an arbiter/, ...rule(world.stranger.address, RULED_UNITS)),
    ]);
    expect(await done(...rule(first, RULED_UNITS))).to.include({ state: "disputed" });
    // Another amount does not count for this one, and takes nothing from it.
    expect(await done(...rule(third, "0"))).to.include({ state: "disputed" });
    const parcel = join(state, "first.parcel");
    await done("market", "pack", "--as", first, "--out", parcel);
    // The third one has a folder and a key of its own, on a node that signs for nobody.
    const folder = join(state, "judge");
    const judge = commandLine(
      () => ({ ...node, url: locked.url }),
      () => folder,
    );
    await mkdir(folder);
    await copyFile(join(state, "deployment.json"), join(folder, "deployment.json"));
    process.env.CHARGEVEIL_KEY_JUDGE = THIRD_ARBITERS_KEY;
    expect(await judge.done(...rule("judge", RULED_UNITS))).to.include({ state: "disputed" });
    await judge.done("market", "unpack", "--file", parcel);
    const ruled = await judge.done(...rule("judge", RULED_UNITS));
    delete process.env.CHARGEVEIL_KEY_JUDGE;
    expect(ruled).to.include({ state: "settled", amountUnits: Number(RULED_UNITS) });
  });

  it("settles on a meter that names no session after the vehicle confirmed the begin, and ends without a ruling", async () => {
    const { pagination, importMilliWh } = meter;
    const file = await measured("", "second.ocmf");
    await refused(/has confirmed no begin reading/, ...settle(1, "--records", file));
    const confirm = [...call("confirm-begin", "eva", session(1)), "--register-wh"];
    const registerWh = (Number(importMilliWh) / 1000).toString();
    await done(...confirm, registerWh, "--pagination", String(pagination + 1n));
    expect(await done(...settle(1, "--records", file))).to.include({ state: "metered" });

    const { sessions: contract } = world.market.contracts;
    await send(world.market, contract.connect(world.vehicle.signer).dispute(session(1)));
    await passTime(ARBITRATION_SECONDS);
    const shown = await done("session", "show", "--session", session(1));
    expect(shown).to.include({ state: "disputed" });
    expect(shown.next).to.match(/^anybody: npx hardhat session finalise --as \S+ --session 0x/);
    const final = await done(...call("finalise", "paul", session(1)));
    expect(final).to.include({ state: "settled", amountUnits: Number(METERED_UNITS) });
  });

  it("settles without a record what both agree on", async () => {
    const agree = (name: string, endWh: string): string[] => {
      return [...call("agree", name, session(2)), "--begin", "1000", "--end", endWh];
    };
    await refused(
      /falls from 1000 to 999 Wh: read.*SessionFallingRegister/,
      ...agree("eva", "999"),
    );
    expect(await done(...agree("eva", "3000"))).to.include({ state: "charging" });
    const agreed = await done(...agree("paul", "3000"));
    expect(agreed).to.include({ state: "settled", energyWh: 2000, amountUnits: 900_000 });
    const { escrow } = world.market.contracts;
    expect(await lockedUnits(), "nothing stays locked").to.deep.equal([0n, 0n]);
    const { free } = await escrow.balanceOf(world.pile.signer.address);
    expect(free).to.equal(1_000_000_000n + 1_000_000n + 2_700_000n + 900_000n);
  });

  it("exchanges a pile's key for another, which ends the old one", async () => {
    const old = meterKeyId(chainKey(meter.publicKey));
    await done("meter", "simulate", "--meter", "spare");
    const rotated = await done("meter", "rotate", "--pile", "paul", "--meter", "spare");
    expect(rotated).to.include({ revokedKey: old, inForce: true, issue: 1 });
    await refused(/MeterKeyRevoked/, "meter", "register", "--pile", "paul");
    const file = join(state, "revocation.json");
    const signed = await done("meter", "revoke", "--pile", "paul", "--sign", file);
    expect(signed).to.include({ key: rotated.key, signedAct: file, missing: 0 });
    const relay = ["meter", "relay", "--as", "eva", "--revocation", file];
    expect(await done(...relay)).to.deep.equal({ key: rotated.key, revoked: true });
    await refused(/MeterKeyRevoked/, ...relay);
    await refused(/holds no signed revocation/, ...relay.with(-1, join(state, "foreign.pub")));
    const status = await done("market", "status");
    expect(status).to.include({ meterCertificates: 2, sessionsDisputed: 2, sessionsSettled: 3 });
    expect(status).to.include({ disputeSeconds: DISPUTE_SECONDS, quorum: 2 });
  });
});

/** One step of a session. */
function call(verb: string, name: string, session: Bytes32): string[] {
  return ["session", verb, "--as", name, "--session", session];
}

/** An hour at the socket. */
async function transaction(
  world: MarketWorld,
  identification: string,
): Promise<MeteredTransaction> {
  const beginMs = ((await nowSeconds(world)) - CHARGED_SECONDS) * 1000;
  return {
    identification,
    beginMs,
    endMs: beginMs + CHARGED_SECONDS * 1000,
    importMilliWh: ENERGY_WH * 1000n,
    exportMilliWh: 0n,
    clock: "S",
    end: "L",
    records: "one",
  };
}

async function meterOfPaul(folder: string): Promise<SimulatedMeter> {
  const meter = await metersIn(stateIn(folder)).meterNamed("paul");
  if (meter === undefined) throw new Error("meterOfPaul: expected a meter in the state folder");
  return meter;
}
