/** Traps on the way of a person at the command line, over `hardhat node`: none costs anything. */
import { expect } from "chai";
import { cp, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine } from "../support/flow/commandLine.ts";
import { longFolder } from "../support/flow/longFolder.ts";
import { runHere } from "../support/flow/inProcess.ts";
import { runTaskUntil, startNode, type RunningNode } from "../support/flow/nodeProcess.ts";

/** Whatever sends something and keeps what belongs to it. */
const KEEPING: readonly (readonly string[])[] = [
  ["auction", "bid", "--as", "paul"],
  ["auction", "close-round", "--as", "mia"],
  ["auction", "match", "--as", "mia"],
  ["auction", "open", "--as", "mia"],
  ["auction", "public", "invite", "--as", "eva", "--pile", "paul", "--distance", "9"],
  ["auction", "public", "open", "--as", "eva"],
  ["auction", "request", "--as", "eva"],
  ["identity", "authorise", "--as", "eva", "--with", "mia", "--session", "one"],
  ["identity", "credential", "--as", "eva"],
  ["identity", "enrol", "--as", "otto", "--kind", "vehicle"],
  ["identity", "exclude", "--as", "eva"],
  ["identity", "trace", "open", "--case", "1"],
  ["identity", "trace", "request", "--case", "1", "--session", "one"],
  ["identity", "tracers"],
  ["market", "deploy"],
  ["meter", "sign", "--as", "paul"],
  ["session", "agree", "--as", "eva", "--begin", "0", "--end", "9"],
  ["session", "confirm-begin", "--as", "eva"],
  ["session", "rule", "--as", "eva", "--amount", "0"],
];

describe("traps at the command line", function () {
  this.timeout(600_000);

  let node: RunningNode;
  let folder: string;
  let state: string;

  before(async () => {
    node = await startNode();
    folder = await mkdtemp(join(tmpdir(), "chargeveil-traps-"));
    state = join(folder, "state");
  });

  after(async () => {
    await node.stop();
    await rm(folder, { recursive: true });
  });

  const here = commandLine(
    () => node,
    () => state,
  );
  const { done, refused, passTime } = here;
  const at = (other: string): ReturnType<typeof commandLine> =>
    commandLine(
      () => node,
      () => other,
    );
  const blocks = (): Promise<unknown> => node.rpc("eth_blockNumber", []);

  describe("deploying", () => {
    it("is refused on a chain that ends with the command, and a node is named", async () => {
      const { code, stdout, stderr } = await runHere(["market", "deploy", "--state", state]);
      expect([code, stdout]).to.deep.equal([1, ""]);
      expect(stderr).to.match(/^--network: .*gone when the command ends: .*npx hardhat node.*\n$/);
      expect(stderr).to.match(/--network localhost/);
    });

    it("twice into one folder deploys once, and tells how there can be another", async () => {
      const { sessions } = await done("market", "deploy");
      const before = await blocks();
      const already =
        /already holds a market, deployed .*: nothing was deployed; to deploy another/;
      await refused(already, "market", "deploy");
      await refused(already, "market", "deploy", "--min-energy-wh", "5");
      expect(await blocks()).to.equal(before);

      // In another folder the same terms are the same market, unless it has a name.
      const other = at(join(folder, "other"));
      const same = await other.run("market", "deploy", "--json");
      expect(same.stderr).to.match(/^these terms were deployed .*nothing was deployed.*--name\n$/);
      expect(JSON.parse(same.stdout)).to.include({ sessions });
      expect(await blocks()).to.equal(before);
      const named = await at(join(folder, "named")).run("market", "deploy", "--name", "second");
      expect([named.code, named.stderr]).to.deep.equal([0, ""]);
      expect(named.stdout).to.not.contain(String(sessions));
    });

    it("is refused for a chain that is no more, by a folder that remembers it", async () => {
      const path = join(state, "deployment.json");
      const kept = await readFile(path, "utf8");
      const gone = { ...(JSON.parse(kept) as object), sessions: `0x${"1".repeat(40)}` };
      await writeFile(path, JSON.stringify(gone));
      await refused(/of another chain, or of a node that was restarted since/, "market", "deploy");
      await writeFile(path, kept);
    });
  });

  describe("a folder that cannot keep anything", () => {
    it("is found out before anything is sent, by all that send and keep", async () => {
      const long = await longFolder(join(folder, "long"), 4_000);
      await cp(join(state, "deployment.json"), join(long, "deployment.json"));
      const before = await blocks();
      const unkept =
        /^--state: nothing can be kept in .*: the path is too long; name another folder$/;
      for (const command of KEEPING) await at(long).refused(unkept, ...command);
      expect(await blocks()).to.equal(before);
      // It can be read all the same.
      await at(long).done("market", "status");
    });

    it("is one under /proc, in or below a file, or of links in a circle", async () => {
      const [file, loop] = [join(folder, "file"), join(folder, "loop")];
      await writeFile(file, "");
      await symlink("loop", loop);
      for (const path of ["/proc/chargeveil", file, join(file, "in"), loop, join(loop, "in")]) {
        await at(path).refused(/nothing can be kept in/, "market", "deploy");
      }
      // Nor can it be read, which is said in words as well.
      await at(loop).refused(/cannot be read or written: links lead round/, "market", "status");
    });
  });

  describe("matching when something that was committed to is not there", () => {
    const open = [
      "auction",
      "open",
      "--as",
      "mia",
      "--key-bits",
      "2048",
      "--bidding-seconds",
      "60",
    ];
    const near = ["--x", "1000", "--y", "1000", "--max-price", "400000", "--max-distance", "800"];
    /** Account by name. */
    const accounts = new Map<string, string>();

    before(async () => {
      const enrol = async (name: string, ...kind: string[]): Promise<void> => {
        const enrolled = await done("identity", "enrol", "--as", name, "--kind", ...kind);
        accounts.set(name, String(enrolled.account));
      };
      await enrol("mia", "matcher", "--operator", "Mia's");
      await enrol("cloud", "matcher", "--operator", "Cleo's");
      await enrol("eva", "vehicle");
      await enrol("paul", "pile", "--x", "1200", "--y", "1100", "--power", "22000");
      await enrol("pia", "pile", "--x", "1100", "--y", "900", "--power", "22000");
    });

    /** Where the upload of a pile's bid is. */
    const uploadOf = async (auction: unknown, commitment: unknown): Promise<string> => {
      const offers = join(state, "auctions", String(auction), "offers");
      const file = (await readdir(offers)).find((name) =>
        name.endsWith(`-${String(commitment)}.json`),
      );
      expect(file, String(commitment)).to.not.equal(undefined);
      return join(offers, file ?? "");
    };

    it("is refused with the names, by rounds and by the decision, and waits for the file", async () => {
      const { auction } = await done(...open, "--max-rounds", "2", "--round-seconds", "60");
      await done("auction", "request", "--as", "eva", ...near);
      await done("auction", "bid", "--as", "paul", "--price", "350000");
      const { commitment } = await done("auction", "bid", "--as", "pia", "--price", "340000");
      const upload = await uploadOf(auction, commitment);
      await rename(upload, join(folder, "upload.json"));
      await passTime(60);
      const pia = accounts.get("pia") ?? "";
      const lacks = new RegExp(`lacks the offer of ${pia}: .*--without-missing$`);
      await refused(lacks, "auction", "close-round", "--as", "mia");
      await rename(join(folder, "upload.json"), upload);
      const closed = await done("auction", "close-round", "--as", "mia");
      expect(closed).to.include({ referencePricePerKwhUnits: 340_000 });

      await rename(upload, join(folder, "upload.json"));
      await passTime(60);
      await refused(lacks, "auction", "match", "--as", "mia");
      await rename(join(folder, "upload.json"), upload);
      expect(await done("auction", "match", "--as", "mia")).to.include({ decisions: 1 });
      expect(await done("session", "start", "--as", "eva")).to.include({ pile: pia });
    });

    it("goes on without, if it is told to, and says without whom", async () => {
      const { auction } = await done(...open);
      await done("auction", "request", "--as", "eva", ...near);
      await done("auction", "bid", "--as", "paul", "--price", "350000");
      const { commitment } = await done("auction", "bid", "--as", "pia", "--price", "340000");
      await rm(await uploadOf(auction, commitment));
      await passTime(60);
      const matched = await here.run("auction", "match", "--as", "mia", "--without-missing");
      expect(matched.code, matched.stderr).to.equal(0);
      expect(matched.stderr).to.equal(`left out: ${accounts.get("pia")}: its offer was not sent\n`);
      const started = await done("session", "start", "--as", "eva");
      expect(started).to.include({ pile: accounts.get("paul") });
    });

    it("stops waiting at Ctrl-C with one sentence, has done nothing, and goes on when asked again", async () => {
      await done("auction", "open", ...open.slice(2));
      await done("auction", "request", "--as", "eva", ...near);
      await done("auction", "bid", "--as", "paul", "--price", "350000");
      const files = async (): Promise<readonly string[]> =>
        (await readdir(state, { recursive: true })).toSorted();
      const [before, blocksBefore] = [await files(), await blocks()];
      for (const command of ["match", "close-round"]) {
        const wait = ["auction", command, "--as", "mia", "--wait", "--state", state];
        const environment = { CHARGEVEIL_RPC_URL: node.url, HARDHAT_NETWORK: "pilot" };
        const { code, stdout, stderr } = await runTaskUntil("bidding ends in", wait, environment);
        expect([code, stdout]).to.deep.equal([1, ""]);
        expect(stderr.split("\n").slice(1)).to.deep.equal([
          "interrupted: nothing was decided; the same command goes on",
          "",
        ]);
      }
      expect([await files(), await blocks()]).to.deep.equal([before, blocksBefore]);
      await passTime(60);
      expect(await done("auction", "match", "--as", "mia", "--wait")).to.include({ decisions: 1 });
    });
  });
});
