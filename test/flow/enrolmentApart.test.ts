/**
 * Enrolment by three people with a folder each: who wants to take part, the authority, and whoever
 * brings the certificate to the chain.
 */
import { expect } from "chai";
import { Wallet } from "ethers";
import { existsSync } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Venue } from "../../offchain/core/messages/market.ts";
import { signParcel } from "../../offchain/core/messages/parcel.ts";
import { CERTIFICATE_TYPES, identityDomain } from "../../offchain/core/messages/typedData.ts";
import { issuedCertificates } from "../../tasks/stores/enrolments.ts";
import { PARCEL } from "../../tasks/stores/parcels.ts";
import { jsonText } from "../../tasks/support/jsonText.ts";
import type { CommandLine } from "../support/flow/commandLine.ts";
import { AUTHORITYS_KEY, peopleApart, type People } from "../support/flow/people.ts";

interface Deployed extends Venue {
  readonly identities: string;
}

const AUTHORITY = new Wallet(AUTHORITYS_KEY);

describe("enrolment by three people", function () {
  this.timeout(300_000);

  let people: People;
  let paul: CommandLine;
  let request: string;
  let certificate: string;

  before(async () => {
    people = await peopleApart("paul", "relay");
    paul = people.of("paul");
    request = people.file("request.json");
    certificate = people.file("certificate.json");
  });
  after(() => people.stop());

  it("begins with a request that its account has signed, for the authority's eyes alone", async () => {
    const pile = ["--kind", "pile", "--lat", "56.41", "--lon", "-3.09", "--power", "22000"];
    const asked = await paul.done(
      ...["identity", "request", "--as", "paul", ...pile, "--out", request],
    );
    expect(asked).to.include({ name: "paul", kind: "pile" });
    expect((await stat(request)).mode & 0o777).to.equal(0o600);
    const person = await readFile(join(people.file("paul"), "people", "paul.json"), "utf8");
    const { privateKey } = JSON.parse(person) as { readonly privateKey: string };
    expect(await readFile(request, "utf8")).not.to.contain(privateKey.slice(2));
    expect(asked.account).to.equal(new Wallet(privateKey).address);
  });

  it("goes on with a certificate, which the authority's key alone makes", async () => {
    const certify = (asked: string): string[] => [
      ...["identity", "certify", "--request", asked, "--out", certificate],
    ];
    const authority = people.of("authority");
    const { refused } = authority;
    await refused(/^network pilot does not sign for the authority 0x/, ...certify(request));
    // The operator's key is another one.
    process.env.CHARGEVEIL_KEY_OPERATOR = Wallet.createRandom().privateKey;
    await refused(/ set its key CHARGEVEIL_KEY_AUTHORITY, in the env/, ...certify(request));
    delete process.env.CHARGEVEIL_KEY_OPERATOR;
    const none = people.file("none.json");
    await refused(
      /^--request: there is no file .*none.json: make one with `identity request`$/,
      ...certify(none),
    );
    const damaged = people.file("damaged.json");
    await writeFile(damaged, (await readFile(request, "utf8")).replace("22000", "150000"));
    await people.authorityRefused(
      /^--request: expected the signature of 0x\w+ for this market's registry: ask for the request again$/,
      ...certify(damaged),
    );
    await people.authorityRefused(/^--days: .*, got 0$/, ...certify(request), "--days", "0");
    const certified = await people.authority(...certify(request));
    const place = { ratedPowerW: 22_000, geo: "geo:56.41000,-3.08999" };
    expect(certified).to.include({ kind: "pile", ...place });

    // Without the variable, by a key that the folder holds.
    const held = join(people.file("authority"), "people", "boss.json");
    const paulsFile = join(people.file("paul"), "people", "paul.json");
    const person = JSON.parse(await readFile(paulsFile, "utf8")) as object;
    await mkdir(dirname(held));
    await writeFile(held, JSON.stringify({ ...person, privateKey: AUTHORITYS_KEY }));
    await authority.done(...certify(request));
  });

  it("ends when anybody brings the certificate to the chain, once", async () => {
    const enrol = ["identity", "enrol", "--certificate", certificate];
    const relay = people.of("relay");
    await relay.refused(/holds no certificate/, "identity", "enrol", "--certificate", request);
    await relay.refused(/^network pilot signs for nobody/, ...enrol);
    const { account } = await people.operator(...enrol);
    expect(account).to.equal((await paul.done("identity", "show", "--as", "paul")).account);

    const sent = await people.node.rpc("eth_blockNumber", []);
    await paul.done(...enrol, "--as", "paul");
    expect(await people.node.rpc("eth_blockNumber", []), "nothing more").to.equal(sent);
    const shown = await paul.done("identity", "show", "--as", "paul");
    expect(shown).to.include({ kind: "pile", ratedPowerW: 22_000, suspended: false });
    const kept = await readFile(join(people.file("paul"), "certificates", "paul.json"), "utf8");
    expect(JSON.parse(kept)).to.deep.equal(JSON.parse(await readFile(certificate, "utf8")));
  });

  it("brings a certificate that differs in its power alone, made in the same second", async () => {
    const stronger = people.file("stronger.json");
    const pile = ["--kind", "pile", "--x", "1000", "--y", "1000", "--power", "11000"];
    await people.of("relay").done("identity", "request", "--as", "pia", ...pile, "--out", request);
    await people.authority("identity", "certify", "--request", request, "--out", certificate);
    const { certificate: first } = await issuedCertificates.read(certificate);
    const domain = identityDomain(31_337n, (await deployment()).identities);
    const second = { ...first, ratedPowerW: 22_000n, serial: first.serial ^ 1n };
    const signature = await AUTHORITY.signTypedData(domain, CERTIFICATE_TYPES, second);
    await issuedCertificates.write(stronger, { certificate: second, signature });
    for (const file of [certificate, stronger]) {
      await people.operator("identity", "enrol", "--certificate", file);
    }
    const shown = await people.of("relay").done("identity", "show", "--as", "pia");
    expect(shown).to.include({ ratedPowerW: 22_000 });
  });

  describe("and parcels of the authority", () => {
    const unpack = ["market", "unpack", "--file"];
    const certificateAt = (name: string): string =>
      join(people.file("paul"), "certificates", `${name}.json`);
    const now = async (): Promise<bigint> => {
      const block = await people.node.rpc("eth_getBlockByNumber", ["pending", false]);
      return BigInt((block as { readonly timestamp: string }).timestamp);
    };
    /** A file that the authority has signed, whatever is in it. */
    const packed = async (files: Readonly<Record<string, string>>, at: bigint): Promise<string> => {
      const { auctions } = await deployment();
      const parcel = await signParcel(AUTHORITY, { chainId: 31_337n, auctions }, at, files);
      await writeFile(people.file("parcel"), jsonText({ parcel: PARCEL, ...parcel }));
      return people.file("parcel");
    };

    it("give nobody the certificate of another of the same name", async () => {
      const own = certificateAt("paul");
      const kept = await readFile(own, "utf8");
      const other = await readFile(people.file("stronger.json"), "utf8");
      const files = { "certificates/paul.json": other, "certificates/pia.json": other };
      const { code, stderr } = await paul.run(...unpack, await packed(files, await now()));
      expect(code, stderr).to.equal(0);
      expect(stderr).to.match(/^not taken: certificates\/paul.json: of another account/m);
      expect(await readFile(own, "utf8")).to.equal(kept);
      expect(await readFile(certificateAt("pia"), "utf8")).to.equal(other);
    });

    it("are taken whole or not at all, and not with what no command could read", async () => {
      const good = await readFile(people.file("stronger.json"), "utf8");
      for (const junk of ["", "{}", "[1", good.replace("certificate", "certificates"), "null"]) {
        const files = { "certificates/ada.json": good, "certificates/bob.json": junk };
        await paul.refused(
          /^--file: certificates\/bob.json is not what it should be: ask 0x\w+ for a new one$/,
          ...unpack,
          await packed(files, await now()),
        );
        expect(existsSync(certificateAt("ada"))).to.equal(false);
      }
    });

    it("lead nowhere but to what is the authority's to hand on", async () => {
      const own = join(people.file("paul"), "people", "paul.json");
      const kept = await readFile(own, "utf8");
      const paths = [
        ...["", ".", "..", "/", "/etc/passwd", "certificates", "certificates/", "deployment.json"],
        ...["certificates/../people/paul.json", "certificates//paul.json", "./certificates/a.json"],
        ...[
          "certificates\\paul.json",
          "certificates/p\u00e4ul.json",
          "certificates/pa\u202eul.json",
        ],
        ...["certificates/\u001b[2J\nnew: certificates/paul.json", "certificates/\u009bA"],
        ...["certificates/paul.json\n", "certificates/paul.json\0", "certificates/.json"],
        ...["__proto__", "constructor", "people/paul.json", "certificates/paul.json/a"],
      ];
      for (const path of paths) {
        const file = await packed({ [path]: "{}" }, await now());
        const { code, stdout, stderr } = await paul.run(...unpack, file);
        expect([code, stdout], path).to.deep.equal([1, ""]);
        expect(stderr, path).to.match(/ is not for | expected a parcel that /);
        expect(stderr, path).to.match(/^\P{C}+\n$/u);
      }
      // Straw man: who writes wherever a path leads writes over Paul's keys, twice.
      const written = paths.map((path) => join(people.file("paul"), path));
      expect(written.filter((path) => path === own)).to.have.lengthOf(2);
      expect(await readFile(own, "utf8")).to.equal(kept);
    });

    it("of a time to come do not stand before those of today", async () => {
      const text = await readFile(people.file("stronger.json"), "utf8");
      const files = { "certificates/paula.json": text };
      const ahead = await packed(files, (await now()) + 7_200n);
      await paul.refused(
        /^--file: 0x\w+ has packed this at \S+, which is yet to come/,
        ...unpack,
        ahead,
      );
      const today = await packed(files, await now());
      const { new: news } = await paul.done(...unpack, today);
      expect(news).to.equal(1);
      // Straw man: a folder that has taken the other one takes nothing of today any more.
      const careless = join(people.file("relay"), "parcels", `${AUTHORITY.address}.json`);
      await mkdir(dirname(careless), { recursive: true });
      await writeFile(careless, jsonText({ packedAt: (await now()) + 7_200n }));
      await people.of("relay").refused(/a later parcel was unpacked already/, ...unpack, today);
    });

    it("count by what is last where a name stands twice, and are signed for that alone", async () => {
      const last = await readFile(people.file("stronger.json"), "utf8");
      const twice = await packed({ "certificates/twice.json": last }, await now());
      const text = await readFile(twice, "utf8");
      const first = '"certificates/twice.json": "{ }", ';
      await writeFile(twice, text.replace('"certificates/twice', `${first}"certificates/twice`));
      await paul.done(...unpack, twice);
      expect(await readFile(certificateAt("twice"), "utf8")).to.equal(last);
    });
  });

  const deployment = async (): Promise<Deployed> =>
    JSON.parse(await readFile(join(people.file("paul"), "deployment.json"), "utf8")) as Deployed;
});
