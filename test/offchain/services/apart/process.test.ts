import { expect } from "chai";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import {
  ServiceError,
  startService,
  type Service,
} from "../../../../offchain/services/apart/process.ts";
import { FAULT_FILE } from "../../../../offchain/services/runService.ts";

const ECHO = new URL("../../../support/services/echoService.ts", import.meta.url);
const nothing = z.strictObject({});

describe("services as processes", () => {
  let folder: string;
  let service: Service;

  beforeEach(() => {
    service = startService({ name: "echo", entry: ECHO, folder });
  });

  afterEach(() => service.stop());

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "service-"));
  });

  after(() => rm(folder, { recursive: true }));

  it("answer calls, several at once", async () => {
    const answer = z.strictObject({ text: z.string(), folder: z.string() });
    const texts = ["one", "two", "déjà vu", "x".repeat(100_000)];
    const answers = await Promise.all(texts.map((text) => service.call("echo", { text }, answer)));
    expect(answers.map(({ text }) => text)).to.deep.equal(texts);
    expect(answers[0]?.folder).to.equal(folder);
  });

  it("say how far they are, and what they refuse", async () => {
    const progress: (readonly [number, number])[] = [];
    await service.call("count", { to: 3 }, nothing, {
      onProgress: (done, total) => progress.push([done, total]),
    });
    expect(progress).to.deep.equal([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    const refused = await refusal(service.call("refuse", {}, nothing));
    expect([refused.code, refused.message]).to.deep.equal([
      "E_REFUSED",
      "echo: expected another day",
    ]);
  });

  it("hand over in parts what is too long for one line", async () => {
    const form = z.strictObject({
      isWhole: z.literal(true),
      items: z.array(z.string()).default([]),
    });
    const { items } = await service.call("list", { items: 20, bytes: 1_000_000 }, form);
    expect(items.map((item) => Number(item))).to.deep.equal(
      Array.from({ length: 20 }, (_, k) => k),
    );
    expect((await service.call("list", { items: 0, bytes: 0 }, form)).items).to.deep.equal([]);
    const bytes = 17 * 1_024 * 1_024;
    const long = await refusal(service.call("shout", { bytes }, z.unknown()));
    expect(long.code).to.equal("E_JSON_LINE");
    expect(service.isRunning()).to.equal(true);
  });

  it("say whether they were only told by another", async () => {
    const told = await refusal(service.call("echoFailure", {}, nothing));
    expect([told.code, told.fromPeer]).to.deep.equal(["E_LINE_STOPPED", true]);
    expect((await refusal(service.call("refuse", {}, nothing))).fromPeer).to.equal(false);
  });

  it("refuse calls that they do not know, or of another form", async () => {
    const unknown = await refusal(service.call("dance", {}, nothing));
    expect(unknown.code).to.equal("E_CALL_UNKNOWN");
    const misshapen = await refusal(service.call("echo", { text: 7 }, nothing));
    expect([misshapen.code, misshapen.message]).to.satisfy(
      ([code, message]: string[]) => code === "E_CALL_FORM" && message?.includes("at text"),
    );
  });

  it("are believed only answers of the right form", async () => {
    const error = await refusal(service.call("echo", { text: "one" }, nothing));
    expect(error.code).to.equal("E_SERVICE_ANSWER");
    const babbled = await refusal(service.call("babble", {}, nothing));
    expect(babbled.code).to.equal("E_SERVICE_ANSWER");
    expect(service.isRunning()).to.equal(false);
  });

  it("hear of an abort", async () => {
    const controller = new AbortController();
    const waiting = service.call("wait", {}, nothing, { signal: controller.signal });
    controller.abort(new Error("enough"));
    expect(await thrownBy(waiting)).to.have.property("message", "enough");
    await service.stop();
    const late = await refusal(service.call("echo", { text: "one" }, nothing));
    expect(late.message).to.contain("aborted");
  });

  it("fail all calls when they die, and later ones too", async () => {
    const [first, second] = [service.call("wait", {}, nothing), service.call("die", {}, nothing)];
    const codes = [await refusal(first), await refusal(second)].map(({ code }) => code);
    expect(codes).to.deep.equal(["E_SERVICE_ENDED", "E_SERVICE_ENDED"]);
    expect(service.isRunning()).to.equal(false);
    const late = await refusal(service.call("echo", { text: "one" }, nothing));
    expect(late.code).to.equal("E_SERVICE_ENDED");
  });

  it("keep to themselves what an accident says", async () => {
    const error = await refusal(service.call("break", {}, nothing));
    expect(error.code).to.equal("E_SERVICE_FAULT");
    expect(error.message).not.to.contain("secret");
    const later = await refusal(service.call("wait", {}, nothing));
    expect(later.code).to.equal("E_SERVICE_ENDED");
    expect(later.message).to.contain(join(folder, FAULT_FILE)).and.not.to.contain("secret");
    expect(await readFile(join(folder, FAULT_FILE), "utf8")).to.contain("secret of the service");
  });

  it("end when they are told to", async () => {
    await service.stop();
    expect(() => process.kill(service.pid, 0)).to.throw("ESRCH");
  });

  it("say why they cannot start", async () => {
    const entry = new URL("nobody.ts", import.meta.url);
    const missing = startService({ name: "nobody", entry, folder });
    const error = await refusal(missing.call("echo", {}, nothing));
    expect([error.code, error.service]).to.deep.equal(["E_SERVICE_ENDED", "nobody"]);
    expect(error.message).to.contain("nobody.ts");
  });
});

async function thrownBy(of: Promise<unknown>): Promise<unknown> {
  try {
    await of;
  } catch (error) {
    return error;
  }
  throw new Error("expected a refusal");
}

async function refusal(of: Promise<unknown>): Promise<ServiceError> {
  const error = await thrownBy(of);
  if (error instanceof ServiceError) return error;
  throw error;
}
