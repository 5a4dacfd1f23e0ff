/** Parcels and other signed files as somebody hands them in who errs, or lies. */
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { id, Wallet } from "ethers";
import { requestEnrolment } from "../../../offchain/core/messages/applicant.ts";
import { signParcel } from "../../../offchain/core/messages/parcel.ts";
import { enrolmentRequests, issuedCertificates } from "../../../tasks/stores/enrolments.ts";
import { PARCEL, parcels } from "../../../tasks/stores/parcels.ts";
import { jsonText } from "../../../tasks/support/jsonText.ts";
import { InputError } from "../../../tasks/support/outcome.ts";

const SENDER = new Wallet(id("sender"));
const VENUE = { chainId: 31_337n, auctions: SENDER.address };
const REGISTRY = { chainId: 31_337n, identities: SENDER.address };

describe("signed files", () => {
  let folder: string;
  let file: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "signed-"));
    file = join(folder, "file");
  });
  after(() => rm(folder, { recursive: true }));

  const refusal = async (read: () => Promise<unknown>): Promise<string> => {
    const error: unknown = await read().catch((one: unknown) => one);
    expect(error).to.be.instanceOf(InputError);
    return error instanceof Error ? error.message : "";
  };
  const parcelText = async (): Promise<string> =>
    jsonText({
      ...{ parcel: PARCEL },
      ...(await signParcel(SENDER, VENUE, 1_000n, { "a/b.json": "{}" })),
    });
  const requestText = async (): Promise<string> => {
    const participantId = id("participant");
    const applicant = { account: SENDER.address, participantId, kind: "vehicle", pile: null };
    return jsonText(
      await requestEnrolment(SENDER, REGISTRY, { ...applicant, kind: "vehicle" }, null),
    );
  };

  it("are refused when they end anywhere before their end", async () => {
    const kinds = [
      { text: await parcelText(), read: parcels.read },
      { text: await requestText(), read: enrolmentRequests.read },
    ];
    for (const { text, read } of kinds) {
      await writeFile(file, text);
      await read(file);
      // The last byte is the line's end.
      for (let length = 0; length < text.length - 1; length++) {
        await writeFile(file, text.slice(0, length));
        await refusal(() => read(file));
      }
    }
  });

  it("are refused with what does not belong in them, and in the place of another kind", async () => {
    const text = await parcelText();
    await writeFile(file, text.replace('"packedAt"', '"also": 1, "packedAt"'));
    expect(await refusal(() => parcels.read(file))).to.match(/ holds no parcel: /);
    for (const packedAt of ["-1", "1e3", "0x10", "1.5", "", "9".repeat(20)]) {
      await writeFile(file, text.replace('"1000"', `"${packedAt}"`));
      expect(await refusal(() => parcels.read(file)), packedAt).to.match(/ holds no parcel: /);
    }
    await writeFile(file, text);
    expect(await refusal(() => issuedCertificates.read(file))).to.match(/ holds no certificate: /);
  });

  it("are read no further than they can be long", async () => {
    const handle = await open(file, "w");
    await handle.truncate(2 ** 40);
    await handle.close();
    const most = /^--request: expected a request of at most 1048576 bytes, \S+ is longer: make one/;
    expect(await refusal(() => enrolmentRequests.read(file))).to.match(most);
    // A device has no length, and never ends.
    expect(await refusal(() => enrolmentRequests.read("/dev/zero"))).to.match(most);
    await rm(file);
  });

  it("are refused where there are none", async () => {
    expect(await refusal(() => parcels.read(folder))).to.match(/^--file: cannot read /);
    expect(await refusal(() => parcels.read(`${file}/none`))).to.match(/there is no file|cannot/);
  });
});
