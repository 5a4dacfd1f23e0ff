/**
 * A trade by three people and an operator with a folder each, on a node that signs for nobody. What
 * they have to say to each other travels in parcels; and what somebody says who lies is not taken.
 */
import { expect } from "chai";
import { Wallet } from "ethers";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Venue } from "../../offchain/core/messages/market.ts";
import { signParcel, type Parcel } from "../../offchain/core/messages/parcel.ts";
import { jsonText } from "../../tasks/support/jsonText.ts";
import { peopleApart, type People } from "../support/flow/people.ts";

const PILE = ["--kind", "pile", "--x", "1200", "--y", "1100", "--power", "22000"];
const KINDS: Readonly<Record<string, readonly string[]>> = {
  mia: ["--kind", "matcher"],
  eva: ["--kind", "vehicle"],
  paul: PILE,
  pia: PILE,
};
const BIDDING_SECONDS = 600;
const NAMED = { parcel: "ChargeVeil.Parcel.v1" };
/** An upload that opens to nothing. */
const JUNK = '{"box": "0x00"}';

describe("a trade by people who share no folder", function () {
  this.timeout(600_000);

  let people: People;

  before(async () => {
    people = await peopleApart(...Object.keys(KINDS), "alice", "bob");
  });
  after(() => people.stop());

  const by = (name: string, ...args: string[]) => people.of(name).done(...args, "--as", name);
  /** Once more after the node has taken what was sent, and broken off. */
  const twiceBy = async (name: string, ...args: string[]): Promise<void> => {
    people.loseNextAnswer();
    const brokenOff = /^the node has broken off, .*: what was sent may stand, see what came of it/;
    await people.of(name).refused(brokenOff, ...args, "--as", name);
    await by(name, ...args);
  };
  const unpack = (file: string): string[] => ["market", "unpack", "--file", people.file(file)];
  /** From one to others. */
  const send = async (from: string, ...to: string[]): Promise<void> => {
    await by(from, "market", "pack", "--out", people.file(`${from}.parcel`));
    for (const one of to) await people.of(one).done(...unpack(`${from}.parcel`));
  };
  const parcelOf = async (name: string): Promise<Parcel> =>
    JSON.parse(await readFile(people.file(`${name}.parcel`), "utf8")) as Parcel;
  const walletOf = async (name: string): Promise<Wallet> => {
    const person = await readFile(join(people.file(name), "people", `${name}.json`), "utf8");
    return new Wallet((JSON.parse(person) as { readonly privateKey: string }).privateKey);
  };
  const venue = async (): Promise<Venue> => {
    const deployment = await readFile(join(people.file("mia"), "deployment.json"), "utf8");
    return { chainId: 31_337n, auctions: (JSON.parse(deployment) as Venue).auctions };
  };
  /** A parcel that somebody has changed. */
  const forge = async (name: string, change: Partial<Parcel>): Promise<void> => {
    const parcel = { ...(await parcelOf(name)), ...change };
    await writeFile(people.file("forged.parcel"), JSON.stringify(parcel));
  };

  it("enrols them, by requests and certificates", async () => {
    for (const [name, kind] of Object.entries(KINDS)) {
      const [request, certificate] = [people.file("request"), people.file("certificate")];
      await by(name, "identity", "request", ...kind, "--out", request);
      const certify = ["identity", "certify", "--request", request, "--out", certificate];
      await people.authority(...certify);
      await people.operator("identity", "enrol", "--certificate", certificate);
    }
  });

  it("certifies a meter by a request of its pile, which anybody brings to the chain", async () => {
    const [request, certificate] = [people.file("asked.json"), people.file("meter.json")];
    await people.of("paul").done("meter", "simulate", "--meter", "paul");
    await by("paul", "meter", "request", "--out", request);
    const certify = ["meter", "certify", "--request", request, "--out", certificate];
    const seen = await people.authority(...certify);
    expect(seen).to.include({ issue: 1, lastPagination: 1, meterSigned: true, movesFrom: null });
    const register = ["meter", "register", "--certificate", certificate];
    expect(await by("mia", ...register)).to.include({ key: seen.key, inForce: true });
    const { refused } = people.of("authority");
    await refused(/^expected a request for certificate 2 of this meter, got one/, ...certify);
    await writeFile(request, (await readFile(request, "utf8")).slice(0, -20));
    await refused(/^--request: .* holds no request for a meter: the pile makes one/, ...certify);
  });

  it("lets a member in by its request, and the answer is of use to nobody else", async () => {
    const [request, answer] = [people.file("ask.json"), people.file("answer.json")];
    const ask = ["identity", "ask", "--out", request, "--as"];
    await people.of("alice").refused(/or unpack a parcel of the authority$/, ...ask, "alice");
    await people.authority("identity", "tracers");
    const parcel = people.file("authority.parcel");
    await people.authority("market", "pack", "--as", "authority", "--out", parcel);
    await people.of("alice").done("market", "unpack", "--file", parcel);

    const { memberId } = await people.of("alice").done(...ask, "alice");
    const admit = ["identity", "admit", "--request", request, "--out", answer];
    const { refused, done } = people.of("authority");
    const asked = await readFile(request, "utf8");
    const admitsNot = async (changed: string): Promise<void> => {
      await writeFile(request, changed);
      await refused(/^--request: expected what the key of \w+ has signed for the cred/, ...admit);
    };
    await admitsNot(asked.replace("alice", "mallory"));
    await admitsNot(asked.replace(/(?<="request": "0x\w{100})\w+/, ""));
    await writeFile(request, asked);
    expect(await done(...admit)).to.include({ name: "alice", memberId, role: "charge" });
    await refused(/^--request: alice was admitted by this request before/, ...admit);

    const keep = ["identity", "credential", "--answer", answer, "--as"];
    const known = await people.of("alice").done(...keep, "alice");
    expect(known).to.include({ memberId, role: "charge" });
    const answered = await readFile(answer, "utf8");
    for (const secret of await memberSecrets(people.file("alice"))) {
      expect(asked + answered).not.to.contain(secret);
    }
    // Somebody else's keys under another name, in the same folder.
    const other = people.file("other.json");
    await people.of("alice").done(...ask.with(3, other), "bob");
    await people
      .of("alice")
      .refused(/^--answer: expected the registrar's answer to bob/, ...keep, "bob");
    await writeFile(other, (await readFile(other, "utf8")).replace("bob", "alice"));
    await refused(/^--request: expected what the key of alice has/, ...admit.with(3, other));
    await people.of("bob").done("market", "unpack", "--file", parcel);
    await people.of("bob").done(...ask.with(3, other), "alice");
    await refused(/^another member called alice is registered/, ...admit.with(3, other));
  });

  it("refuses a parcel of whoever has nothing to hand on", async () => {
    const pack = ["market", "pack", "--as", "eva", "--out", people.file("eva.parcel")];
    await people.of("eva").refused(/^--as: eva has nothing to hand on in /, ...pack);
  });

  it("tells everybody of an auction, and the matcher what they want", async () => {
    await by(
      "mia",
      ...["auction", "open", "--key-bits", "2048", "--max-rounds", "1"],
      ...["--bidding-seconds", String(BIDDING_SECONDS)],
    );
    await send("mia", "eva", "paul", "pia");
    const at = ["--x", "1000", "--y", "1000"];
    const wish = ["--max-price", "400000", "--max-distance", "800"];
    await twiceBy("eva", "auction", "request", ...at, ...wish);
    await twiceBy("paul", "auction", "bid", "--price", "350000");
    await by("pia", "auction", "bid", "--price", "390000");
    await send("eva", "mia");
  });

  it("takes nothing from whoever it is not of, and stays open for the true one", async () => {
    await by("paul", "market", "pack", "--out", people.file("paul.parcel"));
    const { files } = await parcelOf("paul");
    const [path = "", ...others] = Object.keys(files);
    expect(path).to.match(
      /^auctions\/0x[0-9a-f]{64}\/offers\/0x[0-9a-fA-F]{40}-0x[0-9a-f]{64}\.json$/,
    );
    expect(others).to.deep.equal([]);
    const { refused } = people.of("mia");

    // Changed on the way.
    await forge("paul", { files: { [path]: JUNK } });
    await refused(/^--file: expected a parcel that 0x\w+ has signed/, ...unpack("forged.parcel"));
    // Signed by Pia: Paul's upload, with something that opens to nothing, and what is no one's.
    const foreign = [path, path.replace("offers", "requests"), "deployment.json"];
    for (const one of [...foreign, "people/mia.json", "../paul/people/paul.json"]) {
      const parcel = await signParcel(await walletOf("pia"), await venue(), 1n, { [one]: JUNK });
      await writeFile(people.file("forged.parcel"), jsonText({ ...NAMED, ...parcel }));
      await refused(/ is not for 0x\w+ to hand on, as pile$/, ...unpack("forged.parcel"));
    }

    // Straw man: whoever takes what comes first, from anybody, has to refuse the true one.
    const careless = join(people.file("careless"), path);
    await mkdir(dirname(careless), { recursive: true });
    await writeFile(careless, JUNK);
    await copyFile(
      join(people.file("mia"), "deployment.json"),
      join(people.file("careless"), "deployment.json"),
    );
    await people.of("careless").refused(/ is not the one that /, ...unpack("paul.parcel"));

    await send("paul", "mia");
    await send("pia", "mia");
    const uploads = await readdir(dirname(join(people.file("mia"), path)));
    expect(uploads).to.have.lengthOf(2);
    const kept = await readFile(join(people.file("mia"), path), "utf8");
    expect(kept).to.equal(files[path]);
  });

  it("tells those who are matched, and nothing secret to anybody", async () => {
    await people.of("mia").passTime(BIDDING_SECONDS);
    await twiceBy("mia", "auction", "match");
    await send("mia", "eva", "paul", "pia");
    for (const name of ["mia", "eva", "paul", "pia"]) {
      const secrets = await secretsIn(people.file(name));
      expect(secrets).not.to.deep.equal([]);
      const parcel = await readFile(people.file(`${name}.parcel`), "utf8");
      for (const secret of secrets) expect(parcel, name).not.to.contain(secret);
    }
  });

  it("charges and settles, and everybody is paid out", async () => {
    const { session } = await by("eva", "session", "start");
    await by("paul", "session", "authorise");
    await by("eva", "session", "plug-in");
    await refusesStrangersReading(String(session));
    const signed = ["meter", "sign", "--energy-wh", "12000", "--pass-time"];
    await by("paul", ...signed);
    await by("eva", "session", "unplug");
    const settled = await by("paul", "session", "settle");
    expect(settled).to.include({ state: "settled", energyWh: 12_000 });
    await by("eva", "reputation", "rate", "--rating", "3");
    await by("mia", "auction", "release");
    for (const name of ["eva", "paul", "pia"]) await by(name, "escrow", "withdraw");
    const { escrowBalanceUnits } = await people.of("pia").done("market", "status");
    expect(escrowBalanceUnits).to.equal(0);
  });

  /** Pia's word about a session of Eva and Paul. */
  const refusesStrangersReading = async (session: string): Promise<void> => {
    const pia = await walletOf("pia");
    const path = `readings/${session}/${pia.address}.json`;
    const now = await people.node.rpc("eth_getBlockByNumber", ["latest", false]);
    const packedAt = BigInt((now as { readonly timestamp: string }).timestamp);
    const parcel = await signParcel(pia, await venue(), packedAt, { [path]: JUNK });
    await writeFile(people.file("forged.parcel"), jsonText({ ...NAMED, ...parcel }));
    await people
      .of("eva")
      .refused(/ is not for 0x\w+ to hand on, as pile$/, ...unpack("forged.parcel"));
  };

  it("takes no older parcel after a newer one", async () => {
    await copyFile(people.file("eva.parcel"), people.file("older.parcel"));
    await people.of("mia").passTime(60);
    await send("eva", "mia");
    const { refused } = people.of("mia");
    await refused(/a later parcel was unpacked already/, ...unpack("older.parcel"));
  });
});

/** What a member tells nobody. */
async function memberSecrets(folder: string): Promise<readonly string[]> {
  const text = await readFile(join(folder, "credentials", "holders", "alice.json"), "utf8");
  const secrets = [...text.matchAll(/"(?:longTermSecret|usk)": "0x([0-9a-f]{64})"/g)];
  expect(secrets).to.have.lengthOf(2);
  return secrets.map(([, secret = ""]) => secret);
}

/** Private keys and salts, as their files hold them. */
async function secretsIn(folder: string): Promise<readonly string[]> {
  const people = await readdir(join(folder, "people"));
  const texts = people.map((file) => readFile(join(folder, "people", file), "utf8"));
  return (await Promise.all(texts)).flatMap((text) =>
    [...text.matchAll(/"(?:privateKey|sealPrivateKey|siteSalt)": "0x([0-9a-f]{64})"/g)].map(
      ([, secret = ""]) => secret,
    ),
  );
}
