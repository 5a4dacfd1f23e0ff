/**
 * A trade over `hardhat node` by somebody whose name no chain knows, step by step: credential,
 * handshake, an auction for authorised vehicles only, and in the end the case in which two of three
 * tracers say who it was. On the way what goes wrong when a person does it wrongly.
 */
import { expect } from "chai";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine, type Facts } from "../support/flow/commandLine.ts";
import { startNode, type RunningNode } from "../support/flow/nodeProcess.ts";

const BIDDING_SECONDS = 600;
const MATCHING_SECONDS = 600;
const SLOT_SECONDS = 7_200;
/** How long the meter runs for 12 kWh at 22 kW: the clock is moved by it. */
const METERING_SECONDS = 1_964;
const DAY_SECONDS = 86_400;

describe("an anonymous session over a node, step by step", function () {
  this.timeout(900_000);

  let node: RunningNode;
  let state: string;
  let first: Facts;

  before(async () => {
    node = await startNode();
    // Credentials count for a day: the walk begins with one, and meets no midnight that it does not
    // mean to. The node's clock can be seconds behind: it says itself when its day ends.
    const pending = await node.rpc("eth_getBlockByNumber", ["pending", false]);
    const { timestamp } = pending as { readonly timestamp: string };
    await passTime(DAY_SECONDS - (Number(timestamp) % DAY_SECONDS));
    state = await mkdtemp(join(tmpdir(), "chargeveil-anonymous-"));
  });

  after(async () => {
    await node.stop();
    await rm(state, { recursive: true });
  });

  const { done, refused, passTime } = commandLine(
    () => node,
    () => state,
  );

  const openAuction = (...more: string[]): Promise<Facts> =>
    done(
      ...["auction", "open", "--as", "mia", "--key-bits", "2048"],
      ...["--bidding-seconds", String(BIDDING_SECONDS)],
      ...["--matching-seconds", String(MATCHING_SECONDS)],
      ...["--slot-seconds", String(SLOT_SECONDS), ...more],
    );
  const authorise = (session: string, ...more: string[]): string[] => [
    ...["identity", "authorise", "--as", "alice", "--with", "mia", "--session", session],
    ...more,
  ];
  const request = (name: string): string[] => [
    ...["auction", "request", "--as", name, "--x", "1000", "--y", "1000"],
    ...["--max-price", "400000", "--max-distance", "800"],
  ];
  /** Changes a file for a while. */
  const damaged = async (
    path: string,
    change: (text: string) => string,
    meanwhile: () => Promise<void>,
  ): Promise<void> => {
    const text = await readFile(join(state, path), "utf8");
    expect(change(text)).not.to.equal(text);
    await writeFile(join(state, path), change(text));
    await meanwhile();
    await writeFile(join(state, path), text);
  };

  it("deploys a market with stations, certified participants and three tracers", async () => {
    await done("market", "deploy");
    await done("identity", "enrol", "--as", "mia", "--kind", "matcher", "--operator", "Mia's");
    await done("identity", "enrol", "--as", "cloud", "--kind", "matcher", "--operator", "Cleo's");
    await done("identity", "enrol", "--as", "eva", "--kind", "vehicle");
    const paul = ["--as", "paul", "--kind", "pile", "--x", "1200", "--y", "1100"];
    await done("identity", "enrol", ...paul, "--power", "22000");
    await done("meter", "simulate", "--meter", "paul");
    await done("meter", "register", "--pile", "paul");
    const tracers = ["identity", "tracers", "--members", "3"];
    await Promise.all([
      refused(/no credentials in .*identity credential/, ...authorise("alice-1")),
      refused(/no credentials in/, "auction", "open", "--as", "mia", "--authorised"),
      refused(/--threshold: expected 1 to 3, got 4/, ...tracers, "--threshold", "4"),
    ]);
    expect(await done(...tracers, "--threshold", "2")).to.deep.equal({
      tracers: 3,
      threshold: 2,
      epochSeconds: DAY_SECONDS,
    });
    await refused(/they are for ever/, ...tracers);
  });

  it("suspends and reinstates by what the authority has signed, whoever brings it", async () => {
    const [act, lifted] = [join(state, "suspend.json"), join(state, "reinstate.json")];
    const relay = ["market", "relay", "--as", "paul", "--call"];
    const suspend = ["identity", "suspend", "--as", "eva", "--sign"];
    expect(await done(...suspend, act)).to.include({ act: "suspend", signedAct: act, missing: 0 });
    await Promise.all([
      refused(/is not the authority/, ...suspend, join(state, "other.json"), "--by", "mia"),
      refused(/--by: only for what is signed/, ...suspend.slice(0, 4), "--by", "mia"),
      refused(/--valid-seconds: expected 1 to/, ...suspend, act, "--valid-seconds", "0"),
      refused(/there is no file/, ...relay, join(state, "missing.json")),
    ]);
    const signed = JSON.parse(await readFile(act, "utf8")) as object;
    const garbled = join(state, "garbled.json");
    for (const data of ["0x", "0xff", "0x12345678", `0x12345678${"ff".repeat(32)}`]) {
      await writeFile(garbled, JSON.stringify({ ...signed, data }));
      await refused(/calls no function of IdentityRegistry/, ...relay, garbled);
    }
    const standing = ["identity", "show", "--as", "eva"];
    expect(await done(...relay, act)).to.include({ relayed: "suspend" });
    expect(await done(...standing)).to.include({ suspended: true });
    await refused(/SignedCallBadSignature/, ...relay, act);
    await refused(/signed before is something else/, ...suspend, act);
    await done("identity", "reinstate", "--as", "eva", "--sign", lifted);
    expect(await done(...relay, lifted)).to.include({ relayed: "reinstate" });
    expect(await done(...standing)).to.include({ suspended: false });
  });

  it("lets members in for an epoch, each once", async () => {
    const credential = ["identity", "credential", "--as"];
    const joined = await done(...credential, "alice");
    expect(joined).to.include({ name: "alice", role: "charge" });
    const [again, bobs, shown] = await Promise.all([
      done(...credential, "alice"),
      done(...credential, "bob", "--role", "discharge"),
      done("identity", "show", "--as", "alice"),
      refused(/without papers to discharge/, ...credential, "alice", "--role", "discharge"),
      refused(/expected charge or discharge, got sell/, ...credential, "bo", "--role", "sell"),
    ]);
    expect(again).to.deep.equal(joined);
    expect(bobs).to.include({ role: "discharge", epoch: joined.epoch });
    expect(shown).to.deep.equal({
      memberId: joined.memberId,
      credentialRole: "charge",
      credentialEpoch: joined.epoch,
    });
  });

  it("authorises a fresh account for an auction's area and slot, and refuses whoever may not", async () => {
    await openAuction("--authorised");
    const asBob = authorise("bob-1").with(3, "bob");
    await Promise.all([
      refused(/credential is to discharge/, ...asBob),
      refused(/holds no credentials\/holders\/carol.json/, ...authorise("c-1").with(3, "carol")),
      refused(/holds no people\/nobody.json/, ...authorise("alice-1").with(5, "nobody")),
      refused(/expected a matcher or a pile, eva is a vehicle/, ...authorise("a-1").with(5, "eva")),
      refused(/--session: mia is there already/, ...authorise("mia")),
      refused(/--session: expected a name/, ...authorise("")),
    ]);
    const holder = "credentials/holders/alice.json";
    const otherAnswer = otherDigit('"answer": "0x[0-9a-f]{158}');
    for (const change of [withoutEnd, otherAnswer]) {
      await damaged(holder, change, () => refused(/holders\/alice.json is not/, ...authorise("a")));
    }
    first = await done(...authorise("alice-1"));
    expect(first).to.include({ name: "alice-1", station: "mia", role: "charge" });
    const [shown] = await Promise.all([
      done("identity", "show", "--as", "alice-1"),
      refused(/the station refuses: the vehicle has an authorisation/, ...authorise("a-2")),
      refused(/the auction is of another station/, ...authorise("a-3").with(5, "paul")),
    ]);
    expect(shown).to.include({
      account: first.account,
      participantId: first.participantId,
      kind: "vehicle",
      scope: first.scope,
      role: "charge",
      validUntil: first.validUntil,
    });
  });

  it("finishes what was interrupted with the same account", async () => {
    await rm(join(state, "people/alice-1.json"));
    expect(await done(...authorise("alice-1"))).to.deep.equal(first);
  });

  it("trades in an auction that takes no certified vehicle", async () => {
    await Promise.all([
      refused(/IdentityWrongScope/, ...request("eva")),
      done(...request("alice-1")),
    ]);
    await done("auction", "bid", "--as", "paul", "--price", "350000");
    await passTime(BIDDING_SECONDS);
    expect(await done("auction", "match", "--as", "mia")).to.include({ decisions: 1 });
    await done("session", "start", "--as", "alice-1");
    await done("session", "authorise", "--as", "paul");
    await done("session", "plug-in", "--as", "alice-1");
    await done("meter", "sign", "--as", "paul", "--energy-wh", "12000", "--pass-time");
    const settled = await done("session", "settle", "--as", "paul");
    expect(settled).to.include({ state: "settled", vehicle: first.account });
    await done("reputation", "rate", "--as", "alice-1", "--rating", "3");
    const { withdrawnUnits } = await done("escrow", "withdraw", "--as", "alice-1");
    expect(withdrawnUnits).to.equal(55_800_000);
  });

  it("takes part in the next slot as somebody else", async () => {
    await passTime(SLOT_SECONDS - METERING_SECONDS);
    await openAuction("--authorised");
    await refused(/IdentityEndsEarly/, ...request("alice-1"));
    const second = await done(...authorise("alice-2"));
    const same = Object.keys(first).filter((name) => first[name] === second[name]);
    expect(same).to.deep.equal(["station", "role", "maxEnergyWh"]);
    const files = ["alice-1", "alice-2"].map((name) =>
      readFile(join(state, `people/${name}.json`)),
    );
    const [one = "", two = ""] = (await Promise.all(files)).map(String);
    expect(hexIn(one).filter((value) => two.includes(value))).to.deep.equal([]);
    await done(...request("alice-2"));
  });

  it("opens a public auction for its own slot, and for no other", async () => {
    const open = ["auction", "public", "open", "--as", "alice-2", "--quiet-seconds", "1"];
    await refused(/its slot begins in .* shorten them/, ...open, "--opening-seconds", "86400");
    const opened = await done(...open, "--bidding-seconds", "60", "--opening-seconds", "60");
    const { slotStart, slotEnds } = await done("auction", "show");
    expect(opened).to.include({ slotStart, slotEnds });
  });

  it("names nobody before a court has said so on chain", async () => {
    const ask = ["identity", "trace", "request", "--case", "2026/17", "--session"];
    const open = ["identity", "trace", "open", "--case", "2026/17", "--tracer"];
    await Promise.all([
      refused(/holds no case .*trace request/, ...open, "1"),
      refused(/was certified or is unknown/, ...ask, "eva"),
    ]);
    const grants = `credentials/stations/${await stationId(state, "mia")}/granted`;
    await damaged(`${grants}/${String(first.account)}.json`, otherPresentation, () =>
      refused(/is not what was shown/, ...ask, "alice-1"),
    );
    const asked = await done(...ask, "alice-1", "--as", "mia");
    expect(asked).to.include({ account: first.account, granted: false });
    const approve = ["identity", "trace", "approve", "--case"];
    await Promise.all([
      refused(/is not granted on chain.*trace approve/, ...open, "1"),
      refused(/is not the court of this market/, ...approve, "2026/17", "--as", "mia"),
      refused(/holds no case/, ...approve, "2026/18"),
    ]);
    expect(await done(...approve, "2026/17")).to.include({ granted: true });
    await refused(/IdentityTraceGranted/, ...approve, "2026/17");
  });

  it("names the member when two of three tracers open", async () => {
    const open = ["identity", "trace", "open", "--case", "2026/17", "--tracer"];
    await refused(/--tracer: expected 1 to 3, got 4/, ...open, "4");
    const cases = await readdir(join(state, "cases"));
    await damaged(`cases/${String(cases[0])}/request.json`, otherPresentation, () =>
      refused(/request.json is not what was shown/, ...open, "1"),
    );
    const [founding = ""] = await readdir(join(state, "credentials/foundings"));
    const secret = `credentials/foundings/${founding}/tracers/1.json`;
    await damaged(secret, otherDigit("0x[0-9a-f]{50}"), () =>
      refused(/tracers\/1.json is not what it should be/, ...open, "1"),
    );
    await damaged("credentials/parameters.json", otherDigit('"issuerKey": "0x[0-9a-f]{300}'), () =>
      refused(/parameters.json is not what it should be/, ...open, "1"),
    );
    expect(await done(...open, "1")).to.include({ parts: 1, member: null });
    expect(await done(...open, "1"), "the same again").to.include({ parts: 1, member: null });
    const opened = await done(...open, "3");
    expect(opened).to.include({ parts: 2, refusedParts: 0, member: "alice" });
    const { memberId } = await done("identity", "show", "--as", "alice");
    expect(opened.memberId).to.equal(memberId);
  });

  it("ends a credential with its epoch, and lets the excluded into no other", async () => {
    const credential = ["identity", "credential", "--as", "alice"];
    expect(await done("identity", "exclude", "--as", "alice")).to.include({ excluded: true });
    await passTime(DAY_SECONDS);
    await openAuction("--authorised");
    await Promise.all([
      refused(/alice: the credential is of epoch \d+, and this is epoch/, ...authorise("alice-3")),
      refused(/alice is excluded/, ...credential),
      refused(/no member is called dora/, "identity", "exclude", "--as", "dora"),
    ]);
    await done("identity", "exclude", "--as", "alice", "--lift");
    await done(...credential);
    const third = await done(...authorise("alice-3"));
    expect(third.participantId).not.to.equal(first.participantId);
  });

  it("keeps secrets in files that only their owner can read", async () => {
    const files = await filesIn(state, ["credentials", "cases"]);
    expect(files.length).to.be.above(15);
    for (const file of files.filter((name) => name !== "credentials/parameters.json")) {
      const { mode } = await stat(join(state, file));
      expect(mode & 0o777, file).to.equal(0o600);
    }
  });
});

function withoutEnd(text: string): string {
  return text.slice(0, -3);
}

/** Changes the digit after what is found first. */
function otherDigit(pattern: string): (text: string) => string {
  const place = new RegExp(`(${pattern})(.)`);
  return (text) =>
    text.replace(
      place,
      (_, begin: string, digit: string) => `${begin}${digit === "0" ? "1" : "0"}`,
    );
}

const otherPresentation = otherDigit('"presentation": "0x[0-9a-f]{700}');

/** Every key and id in a file. */
function hexIn(text: string): readonly string[] {
  const found = text.match(/0x[0-9a-f]{40,}/g) ?? [];
  expect(found).to.have.length.above(3);
  return found;
}

async function stationId(state: string, name: string): Promise<string> {
  const text = await readFile(join(state, `people/${name}.json`), "utf8");
  return /"participantId": "(0x[0-9a-f]{64})"/.exec(text)?.[1] ?? "";
}

async function filesIn(state: string, folders: readonly string[]): Promise<readonly string[]> {
  const inside = folders.map(async (folder) => {
    const entries = await readdir(join(state, folder), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return files.map((file) => join(file.parentPath, file.name).slice(state.length + 1));
  });
  return (await Promise.all(inside)).flat();
}
