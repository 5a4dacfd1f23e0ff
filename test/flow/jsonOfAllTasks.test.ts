/**
 * What every command prints with `--json`: each value in its form, and under one name the same form
 * in all of them. The commands are those of one market over `hardhat node`, in the order of trades;
 * the two that measure for minutes are judged by what they would print of a sample.
 */
import { expect } from "chai";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchJson } from "../../offchain/study/bench/benchReport.ts";
import { tasks } from "../../tasks/index.ts";
import { BENCH_REPORT } from "../support/bench/rows.ts";
import { hamletDay } from "../support/flow/hamletDay.ts";
import { runHere, runHereOn } from "../support/flow/inProcess.ts";
import { faultsIn, formOf, namedValues } from "../support/flow/jsonForms.ts";
import { startNode, type Ran, type RunningNode } from "../support/flow/nodeProcess.ts";

/** All but those that only group others. */
const COMMANDS = tasks.filter((task) => "options" in task);
const DISPUTE_SECONDS = 600;
const CASE = ["--case", "2026/17"];
/** Of `hardhat node`. */
const FIRST_ACCOUNT = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

describe("--json", function () {
  this.timeout(600_000);

  let node: RunningNode;
  let folder: string;
  let rated: readonly string[];
  const printed = new Map<string, unknown>();

  before(async () => {
    node = await startNode();
    folder = await mkdtemp(join(tmpdir(), "chargeveil-json-"));
  });
  after(async () => {
    await node.stop();
    await rm(folder, { recursive: true });
  });

  const keep = (words: readonly string[], { code, stdout, stderr }: Ran): Printed => {
    expect(code, `${words.join(" ")}: ${stderr}`).to.equal(0);
    const output: unknown = JSON.parse(stdout);
    const command = COMMANDS.find(({ id }) => id.every((word, k) => word === words[k]));
    printed.set(command?.id.join(" ") ?? "", output);
    return output as Printed;
  };
  /** Runs a command that is written as it is typed, and then more words. */
  const said = async (command: string, ...more: string[]): Promise<Printed> => {
    const words = [...command.split(" "), ...more];
    return keep(words, await runHereOn(node.url, [...words, "--state", folder, "--json"]));
  };
  const saidAlone = async (command: string, ...more: string[]): Promise<Printed> => {
    const words = [...command.split(" "), ...more];
    return keep(words, await runHere([...words, "--json"]));
  };
  const passTime = async (seconds: number): Promise<void> => {
    await node.rpc("evm_increaseTime", [seconds]);
    await node.rpc("evm_mine", []);
  };

  it("of who takes part", async () => {
    const window = ["--dispute-seconds", String(DISPUTE_SECONDS), "--arbiters", FIRST_ACCOUNT];
    await said("market deploy", ...window);
    await said("identity enrol --as mia --kind matcher --operator Mia");
    await said("identity enrol --as cloud --kind matcher --operator Cleo");
    await said("identity enrol --as eva");
    await said("identity enrol --as ada");
    const [request, certificate] = [join(folder, "request.json"), join(folder, "cert.json")];
    const pile = ["--kind", "pile", "--x", "2400", "--y", "2400"];
    await said("identity request --as petra", ...pile, "--out", request);
    await said("identity certify", "--request", request, "--out", certificate);
    await said("identity enrol", "--certificate", certificate);
    await said("identity enrol --as paul --kind pile --x 1200 --y 1100 --power 22000");
    await said("identity suspend --as ada");
    const act = join(folder, "act.json");
    await said("identity reinstate --as ada", "--sign", act);
    await said("market relay --as mia", "--call", act);
    await said("identity show --as paul");
    await said("identity tracers");
    await said("meter simulate --meter paul");
    const [asked, meter] = [join(folder, "asked.json"), join(folder, "meter.json")];
    await said("meter request --as paul", "--out", asked);
    await said("meter certify", "--request", asked, "--out", meter);
    await said("meter register", "--certificate", meter);
    await said("meter register --pile paul");
    await said("escrow deposit --as eva --amount 5000000");
  });

  it("of a sealed auction and a session in dispute", async () => {
    await said("auction open --as mia --key-bits 2048 --bidding-seconds 60 --max-rounds 2");
    await said("market pack --as mia", "--out", join(folder, "mia.parcel"));
    await said("market unpack", "--file", join(folder, "mia.parcel"));
    await said("escrow deposit --as eva --amount 60000000");
    const call = join(folder, "call.json");
    const wish = "--x 1000 --y 1000 --max-price 400000".split(" ");
    await said("auction request --as eva", ...wish, "--sign", call);
    await said("market relay --as paul", "--call", call);
    await said("auction request --as ada --x 1000 --y 1000 --max-price 1");
    await said("auction bid --as paul --price 350000");
    await passTime(60);
    await said("auction close-round --as mia");
    await said("auction standing --as paul");
    await passTime(60);
    await said("auction match --as mia");
    await said("auction show");
    await said("auction withdraw --as ada");
    await said("session start --as eva", "--sign", call);
    await said("market relay --as paul", "--call", call);
    await said("session authorise --as paul");
    await said("session plug-in --as eva", "--sign", call);
    await said("market relay --as paul", "--call", call);
    const { records } = await said("meter sign --as paul --energy-wh 12000 --pass-time");
    await said("session unplug --as eva");
    const { session } = await said("session settle --as paul");
    const keyFile = join(folder, "meters", "paul.pub");
    await saidAlone("meter verify", String(records), "--key-file", keyFile);
    await said("session dispute --as eva");
    await said("session rule --amount 1000000 --as", FIRST_ACCOUNT, "--session", String(session));
    await said("session show --as eva");
    await said("reputation rate --as eva --rating 3", "--sign", call);
    await said("market relay --as paul", "--call", call);
    await said("auction release --as mia");
  });

  /** Eva and paul meet in an open auction. Returns the words that name their session. */
  const met = async (): Promise<readonly string[]> => {
    await said("auction public open --as eva --bidding-seconds 60");
    await said("auction public invite --as eva --pile paul --distance 224");
    await said("auction public bid --as paul --price 420000");
    await said("auction public show");
    await passTime(60);
    const { session } = await said("auction public start --as eva");
    return ["--session", String(session)];
  };
  const charged = async (): Promise<readonly string[]> => {
    const session = await met();
    await said("session authorise --as paul", ...session);
    await said("session plug-in --as eva", ...session);
    return session;
  };

  it("of open auctions, and of the other ends of a session", async () => {
    const waived = await charged();
    await said("session waive --as paul", ...waived);
    const agreed = await charged();
    await said("session confirm-begin --as eva --pagination 9 --register-wh 0.5", ...agreed);
    for (const party of ["eva", "paul"]) {
      await said("session agree --begin 1000 --end 3000 --as", party, ...agreed);
    }
    const metered = await charged();
    await said("meter sign --as paul --energy-wh 3000 --pass-time", ...metered);
    await said("session settle --as paul", ...metered);
    await passTime(DISPUTE_SECONDS);
    await said("session finalise --as paul", ...metered);
    rated = metered;
    const expired = await met();
    await passTime(2 * 86_400);
    await said("session expire --as eva", ...expired);
    await said("auction public open --as eva --bidding-seconds 30");
    await passTime(30);
    await said("auction public release --as eva");
  });

  it("of reputation and coupons", async () => {
    await said("reputation rate --as eva --rating 3", ...rated);
    await said("reputation show --as paul");
    await said("reputation history --pile paul");
    await said("reputation bookkeeper");
    await said("coupon offer --as paul --amount 5000000 --seed-blocks 1 --claim-seconds 3600");
    await passTime(1);
    await passTime(1);
    await said("coupon claim --as eva");
    await said("coupon show");
    await passTime(3_600);
    await said("coupon redeem --as eva");
  });

  it("of members, accounts that lead to nobody, and cases", async () => {
    await passTime(86_400 - (Number(await nodeSeconds(node)) % 86_400));
    const [ask, answer] = [join(folder, "ask.json"), join(folder, "answer.json")];
    await said("identity ask --as alice", "--out", ask);
    await said("identity admit", "--request", ask, "--out", answer);
    await said("identity credential --as alice", "--answer", answer);
    await said("auction open --as mia --key-bits 2048 --authorised");
    await said("identity authorise --as alice --with mia --session alice-1");
    await said("identity show --as alice-1");
    await said("identity show --as alice");
    await said("identity trace request --as mia --session alice-1", ...CASE);
    await said("identity trace approve", ...CASE);
    await said("identity trace open", ...CASE);
    await said("identity exclude --as alice");
  });

  it("of the ends of meters and money", async () => {
    await said("meter simulate --meter other");
    await said("meter rotate --pile paul --meter other");
    await said("meter show --pile paul");
    const revocation = join(folder, "revocation.json");
    await said("meter revoke --pile paul", "--sign", revocation);
    await said("meter relay --as eva", "--revocation", revocation);
    const beside = ["market", "deploy", "--beside", folder, "--state", join(folder, "later")];
    const { stdout } = await runHereOn(node.url, [...beside, "--json"]);
    const { gate } = JSON.parse(stdout) as Printed;
    const call = join(folder, "escrow.json");
    await said("escrow approve-market --as eva", "--market", String(gate), "--sign", call);
    await said("market relay --as paul", "--call", call);
    await said("escrow withdraw --as eva", "--sign", call);
    await said("market relay --as paul", "--call", call);
    await said("escrow approve-market --as ada", "--market", String(gate));
    await said("escrow withdraw --as ada");
    await said("market status");
    await said("market verify");
  });

  it("of what runs without a node", async () => {
    const out = (name: string): string[] => ["--out", join(folder, name)];
    keep(["market", "run"], await hamletDay());
    await saidAlone("auction prices", ...out("prices"));
    await saidAlone("cloak show --trials 20", ...out("cloak"));
    await saidAlone("reputation figure", ...out("figure"));
    const { gasPerFunction } = printed.get("market run") as Printed;
    printed.set("gas", gasPerFunction);
    printed.set("bench", JSON.parse(benchJson(BENCH_REPORT)));
  });

  it("is there in every command, and all of them were seen", () => {
    const named = COMMANDS.map(({ id }) => id.join(" ")).toSorted();
    for (const { id, options } of COMMANDS) expect(options, id.join(" ")).to.have.property("json");
    expect([...printed.keys()].toSorted()).to.deep.equal(named);
  });

  it("has each value in its form", () => {
    for (const [command, output] of printed) expect(faultsIn(output), command).to.deep.equal([]);
  });

  it("has one form under one name", () => {
    const forms = new Map<string, Map<string, string>>();
    // The study of a figure calls its piles as the paper does, and not by accounts; what `market
    // verify` has found is whatever a contract answered.
    const others = ["reputation figure", "market verify"];
    const traded = [...printed].filter(([command]) => !others.includes(command));
    for (const [command, output] of traded) {
      for (const [name, value] of namedValues(output)) {
        const form = formOf(value);
        const seen = forms.get(name) ?? new Map<string, string>();
        forms.set(name, form === null ? seen : seen.set(form, command));
      }
    }
    const several = [...forms].filter(([, seen]) => seen.size > 1);
    expect(several.map(([name, seen]) => [name, Object.fromEntries(seen)])).to.deep.equal([]);
  });
});

type Printed = Readonly<Record<string, unknown>>;

async function nodeSeconds(node: RunningNode): Promise<string> {
  const block = await node.rpc("eth_getBlockByNumber", ["latest", false]);
  return (block as { readonly timestamp: string }).timestamp;
}
