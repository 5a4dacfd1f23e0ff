/**
 * Enrolment by three people with a folder each, on a node that signs for nobody: who wants to take
 * part, the authority, and whoever brings the certificate to the chain.
 */
import { expect } from "chai";
import { Wallet } from "ethers";
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine } from "../support/flow/commandLine.ts";
import { lockedNode, type LockedNode } from "../support/flow/lockedNode.ts";
import { startNode, type RunningNode } from "../support/flow/nodeProcess.ts";

/** The first account of every `hardhat node`. */
const FIRST_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

describe("enrolment by three people", function () {
  this.timeout(300_000);

  let node: RunningNode;
  let locked: LockedNode;
  let folder: string;
  let request: string;
  let certificate: string;

  before(async () => {
    node = await startNode();
    locked = await lockedNode(node.url);
    folder = await mkdtemp(join(tmpdir(), "chargeveil-enrolment-"));
    request = join(folder, "request.json");
    certificate = join(folder, "certificate.json");
    process.env.CHARGEVEIL_KEY_OPERATOR = FIRST_KEY;
    await authority.done("market", "deploy", "--corner", "56.40,-3.10");
    delete process.env.CHARGEVEIL_KEY_OPERATOR;
    for (const one of ["paul", "relay"]) {
      await mkdir(join(folder, one));
      await copyFile(
        join(folder, "authority", "deployment.json"),
        join(folder, one, "deployment.json"),
      );
    }
  });
  after(async () => {
    await locked.stop();
    await node.stop();
    await rm(folder, { recursive: true });
  });
  afterEach(() => {
    delete process.env.CHARGEVEIL_KEY_OPERATOR;
  });

  const of = (name: string) =>
    commandLine(
      () => ({ ...node, url: locked.url }),
      () => join(folder, name),
    );
  const [authority, paul, relay] = [of("authority"), of("paul"), of("relay")];

  it("begins with a request that its account has signed, for the authority's eyes alone", async () => {
    const pile = ["--kind", "pile", "--lat", "56.41", "--lon", "-3.09", "--power", "22000"];
    const asked = await paul.done(
      ...["identity", "request", "--as", "paul", ...pile, "--out", request],
    );
    expect(asked).to.include({ name: "paul", kind: "pile" });
    expect((await stat(request)).mode & 0o777).to.equal(0o600);
    const person = await readFile(join(folder, "paul", "people", "paul.json"), "utf8");
    const { privateKey } = JSON.parse(person) as { readonly privateKey: string };
    expect(await readFile(request, "utf8")).not.to.contain(privateKey.slice(2));
    expect(asked.account).to.equal(new Wallet(privateKey).address);
  });

  it("goes on with a certificate, which the authority's key alone makes", async () => {
    const certify = ["identity", "certify", "--request", request, "--out", certificate];
    await authority.refused(/^network pilot signs for nobody/, ...certify);
    process.env.CHARGEVEIL_KEY_OPERATOR = FIRST_KEY;
    const none = ["identity", "certify", "--request", join(folder, "none.json")];
    await authority.refused(/^--request: cannot read .*none.json: ENOENT/, ...none);
    const damaged = join(folder, "damaged.json");
    await writeFile(damaged, (await readFile(request, "utf8")).replace("22000", "150000"));
    await authority.refused(
      /^expected the signature of 0x\w+ for this market's registry: ask for the request again$/,
      ...["identity", "certify", "--request", damaged, "--out", certificate],
    );
    const certified = await authority.done(...certify);
    expect(certified).to.include({
      kind: "pile",
      ratedPowerW: 22_000,
      geo: "geo:56.41000,-3.08999",
    });
  });

  it("ends when anybody brings the certificate to the chain, once", async () => {
    const enrol = ["identity", "enrol", "--certificate", certificate];
    const paulsAccount = String((await paul.done("identity", "show", "--as", "paul")).account);
    await relay.refused(/holds no certificate/, "identity", "enrol", "--certificate", request);
    await relay.refused(/^network pilot signs for nobody/, ...enrol);
    process.env.CHARGEVEIL_KEY_OPERATOR = FIRST_KEY;
    const { account } = await relay.done(...enrol);
    expect(account).to.equal(paulsAccount);
    delete process.env.CHARGEVEIL_KEY_OPERATOR;

    const sent = await node.rpc("eth_blockNumber", []);
    await paul.done(...enrol, "--as", "paul");
    expect(await node.rpc("eth_blockNumber", []), "nothing more is sent").to.equal(sent);
    const shown = await paul.done("identity", "show", "--as", "paul");
    expect(shown).to.include({ kind: "pile", ratedPowerW: "22000", suspended: false });
    const kept = await readFile(join(folder, "paul", "certificates", "paul.json"), "utf8");
    expect(JSON.parse(kept)).to.deep.equal(JSON.parse(await readFile(certificate, "utf8")));
  });
});
