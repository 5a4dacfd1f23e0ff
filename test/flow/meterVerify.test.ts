/** `meter verify` on files from outside: what it says of each, and how it ends. */
import { expect } from "chai";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

import { sessionName } from "../../offchain/core/meter/sessionName.ts";
import { runHere } from "../support/flow/inProcess.ts";
import { ROOT } from "../support/flow/nodeProcess.ts";
import { payloadOf, signedBy, signingMeter } from "../support/meter/signing.ts";

const INPUTS = join(ROOT, "..", "shared", "faults", "inputs");
const VERDICTS = z.array(
  z.object({
    verifies: z.boolean().nullable(),
    settles: z.string(),
    refusal: z.string().nullable(),
    energyWh: z.number().nullable(),
    notes: z.array(z.string()),
  }),
);
type Verdicts = z.infer<typeof VERDICTS>;

async function verified(file: string, ...options: readonly string[]): Promise<Verdicts> {
  const { stdout } = await runHere(["meter", "verify", file, "--json", ...options]);
  return VERDICTS.parse(JSON.parse(stdout));
}

/** Signed, what it settles, the energy, and why not. */
const inWords = (verdicts: Verdicts): readonly string[] =>
  verdicts.map(({ verifies, settles, energyWh, refusal }) =>
    [String(verifies), settles, energyWh ?? "–", refusal ?? ""].join(" ").trim(),
  );

describe("meter verify", function () {
  this.timeout(60_000);

  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "chargeveil-verify-"));
  });

  after(async () => {
    await rm(folder, { recursive: true });
  });

  describe("on records of makes that were found in the field", () => {
    const FOUND: Readonly<Record<string, readonly string[]>> = {
      "01-brainpoolP256r1-name.xml": [
        "true agreement – curve: session agree",
        "true agreement 0 curve: session agree",
      ],
      "03-obis-98.08.00.xml": ["true alone 1000"],
      "05-id-after-rd.json": ["true alone 2500"],
      "06-verify-says-alone.json": [
        "true never – MeterFallingRegister",
        "true never – MeterFallingRegister",
      ],
      "07-end-before-begin.xml": ["true end 2500", "true begin –"],
      "08-ocpp-signed-meter-value.ocpp.json": ["true alone 2500"],
      "12-escape-in-tariff-text.json": ["true alone 1000"],
      "13-compensated-and-uncompensated.json": ["true alone 2600"],
      "14-time-error-flag-only.json": ["true alone 2500"],
    };

    before(function () {
      if (existsSync(INPUTS)) return;
      console.log("skipped: the folder ../shared/faults/inputs is not there");
      this.skip();
    });

    for (const [name, expected] of Object.entries(FOUND)) {
      it(`judges ${name}`, async () => {
        expect(inWords(await verified(join(INPUTS, name)))).to.deep.equal(expected);
      });
    }

    it("says what the parties would sign, of one record and of two", async () => {
      const meter = signingMeter("secp256r1");
      const lines = [
        { tx: "B", rv: "1.1", ri: "0100620800FF" },
        { tx: "E", rv: "3.7", ri: "0100620800FF" },
      ];
      const [packed, key] = [join(folder, "packed.ocmf"), join(folder, "packed.key")];
      await writeFile(packed, signedBy(meter, payloadOf("T1", lines)));
      await writeFile(key, Buffer.from(meter.publicKey.spki).toString("base64"));
      const [one] = await verified(packed, "--key-file", key);
      expect(one?.notes[0]).to.match(/^`session agree --begin 1100 --end 3700`/);
      const [begin, end] = await verified(join(INPUTS, "01-brainpoolP256r1-name.xml"));
      expect(begin?.notes.join()).to.not.include("session agree");
      expect(end?.notes[0]).to.match(/^`session agree --begin 1833 --end 1833`/);
    });

    it("judges records in order with a key from a file", async () => {
      const key = ["--key-file", join(INPUTS, "07-08-key.pub.pem")];
      const verdicts = await verified(join(INPUTS, "07-same-in-order.ocmf"), ...key);
      expect(inWords(verdicts)).to.deep.equal(["true begin –", "true end 2500"]);
    });
  });

  it("judges every record of a file, whatever is wrong with the others", async () => {
    const meter = signingMeter("secp256k1");
    const key = Buffer.from(meter.publicKey.spki).toString("hex");
    const good = signedBy(
      meter,
      payloadOf("T1", [
        { tx: "B", rv: "1" },
        { tx: "E", rv: "2" },
      ]),
    );
    const values = [
      `<signedData>${good}</signedData><publicKey>${key}</publicKey>`,
      `<signedData>${good.slice(0, 60)}</signedData><publicKey>${key}</publicKey>`,
      "<signedData>1b1b1b1b01010101</signedData>",
      `<signedData>${good.replace('"RV":2', '"RV":3')}</signedData><publicKey>${key}</publicKey>`,
      `<signedData>${good}</signedData>`,
    ];
    const file = join(folder, "mixed.xml");
    const content = values.map((value) => `<value>${value}</value>`).join("");
    await writeFile(file, `<values>${content}</values>`);
    expect((await verified(file)).map(({ verifies }) => verifies)).to.deep.equal([
      ...[true, null, null, false, null],
    ]);
    const run = await runHere(["meter", "verify", file]);
    expect(run.code).to.equal(1);
    expect(run.stderr).to.match(/1 of 5 records are not signed by their key; 3 of 5 .* judged/);
    expect(run.stdout).to.match(/SML of an EDL40 meter, not OCMF/);
  });

  it("says whether the records name a session", async () => {
    const session = `0x${"5e".repeat(32)}`;
    const meter = signingMeter("secp256r1");
    const name = sessionName(session);
    const lines = [
      { tx: "B", rv: "1" },
      { tx: "E", rv: "2" },
    ];
    const texts = [name, name.slice(0, 20).toUpperCase(), "04AB"].map((id, k) =>
      signedBy(meter, payloadOf(`T${k + 1}`, lines, `"ID":"${id}",`)),
    );
    const file = join(folder, "named.ocmf");
    const keyFile = join(folder, "key");
    await writeFile(file, texts.join("\n"));
    await writeFile(keyFile, Buffer.from(meter.publicKey.spki).toString("base64"));
    const verdicts = await verified(file, "--key-file", keyFile, "--session", session);
    const notes = verdicts.map((verdict) => verdict.notes.join());
    expect(notes[0]).to.equal("it names the session");
    expect(notes[1]).to.equal("it names the session by its first 20 characters");
    expect(notes[2]).to.match(/does not name/);
    const bare = await runHere(["meter", "verify", file]);
    expect([bare.code, bare.stderr]).to.deep.equal([
      1,
      "the file brings no keys: name one with --key-file\n",
    ]);
    const wrong = await runHere(["meter", "verify", file, "--session", "0x1"]);
    expect(wrong.stderr).to.match(/--session: expected an id of 32 bytes/);
  });
});
