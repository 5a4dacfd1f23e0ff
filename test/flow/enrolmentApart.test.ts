/**
 * Enrolment by three people with a folder each: who wants to take part, the authority, and whoever
 * brings the certificate to the chain.
 */
import { expect } from "chai";
import { Wallet } from "ethers";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CommandLine } from "../support/flow/commandLine.ts";
import { AUTHORITYS_KEY, peopleApart, type People } from "../support/flow/people.ts";

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
    await refused(
      /^expected the signature of 0x\w+ for this market's registry: ask for the request again$/,
      ...certify(damaged),
    );
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
});
