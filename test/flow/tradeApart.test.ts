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
    people = await peopleApart(...Object.keys(KINDS));
  });
  after(() => people.stop());

  const by = (name: string, ...args: string[]) => people.of(name).done(...args, "--as", name);
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
      await people.operator(...certify);
      await people.operator("identity", "enrol", "--certificate", certificate);
    }
    await people.of("paul").done("meter", "simulate", "--meter", "paul");
    const { account } = await by("paul", "identity", "show");
    const key = join(people.file("paul"), "meters", "paul.pub");
    await people.operator("meter", "register", "--pile", String(account), "--key-file", key);
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
    await by("eva", "auction", "request", ...at, "--max-price", "400000", "--max-distance", "800");
    await by("paul", "auction", "bid", "--price", "350000");
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
    await by("mia", "auction", "match");
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
