/** A station's books in a folder: one live authorisation a pseudonym over all its processes, and what is behind each. */
import { expect } from "chai";
import { id, Wallet } from "ethers";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SignedAuthorisation } from "../../../offchain/core/credential/handshake/authorisation.ts";
import type { StationTerms } from "../../../offchain/core/credential/handshake/station.ts";
import type { Credential } from "../../../offchain/core/credential/holder.ts";
import { verifyPresentation } from "../../../offchain/core/credential/verify.ts";
import { PARTICIPANT_KINDS, type Certificate } from "../../../offchain/core/messages/market.ts";
import { CERTIFICATE_TYPES, identityDomain } from "../../../offchain/core/messages/typedData.ts";
import { booksIn } from "../../../tasks/stores/books.ts";
import { authorisedBetween } from "../../../tasks/support/handshake.ts";
import { InputError } from "../../../tasks/support/outcome.ts";
import { folderStationBooks, type FolderStationBooks } from "../../../tasks/stores/stationBooks.ts";
import {
  codeOf,
  credentialOf,
  EPOCH,
  personIn,
  REGISTRY,
  worldOf,
} from "../../support/credential/world.ts";

const NOW = 1_728_000_000;
const SLOT_ENDS = NOW + 1_800;
const STATION = walletOf("station");
const AUTHORITY = walletOf("authority");

describe("a station's books in a folder", function () {
  this.timeout(60_000);

  const world = worldOf("station's books");
  let folder: string;
  let anna: Credential;
  let terms: StationTerms;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "chargeveil-station-"));
    anna = credentialOf(world, personIn(world, "anna"));
    terms = await termsOf();
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** Every time as by a process of its own. */
  const opened = (): FolderStationBooks => folderStationBooks(booksIn(folder));
  const metBy = (account: Wallet, nowSeconds = NOW): Promise<SignedAuthorisation> => {
    const expected = {
      authority: AUTHORITY.address,
      stationId: id("station"),
      siteCommitment: null,
      scope: terms.scope,
      epoch: EPOCH,
      nowSeconds,
      longestSeconds: 3_600,
    };
    return authorisedBetween(
      world.parameters,
      { name: "anna", expected, credential: anna, account },
      { name: "mia", terms, signer: STATION, books: opened() },
    );
  };
  const refusalOf = (account: Wallet, nowSeconds = NOW): Promise<unknown> =>
    metBy(account, nowSeconds).then(
      () => "granted",
      (error: unknown) => error,
    );

  it("give the same again to the same account, and to no other while it is live", async () => {
    const account = walletOf("fresh");
    expect(opened().isFresh(account.address)).to.equal(true);
    const signed = await metBy(account);
    expect(opened().isFresh(account.address)).to.equal(false);
    expect(opened().grantedTo(signed.authorisation.nymHash)).to.deep.equal(signed);
    expect(await metBy(account, NOW + 60)).to.deep.equal(signed);
    const refused = await refusalOf(walletOf("second"));
    expect(refused).to.be.instanceOf(InputError);
    expect(String(refused)).to.match(/mia refuses: anna has a live authorisation .*E_NYM_USED/);
  });

  it("keep behind each account the presentation that a court may ask for", () => {
    const shown = opened().shownBy(walletOf("fresh").address);
    if (shown === undefined) throw new RangeError("expected a presentation");
    expect(
      codeOf(() => verifyPresentation(world.parameters, shown.presentation, shown.demand)),
    ).to.equal("accepted");
    expect(opened().shownBy(walletOf("second").address)).to.equal(undefined);
  });

  it("keep it when the pseudonym has gone on to another account", async () => {
    const [first, next] = [walletOf("fresh").address, walletOf("next")];
    terms = { ...terms, slotEnds: SLOT_ENDS + 1_800 };
    const used = await refusalOf(walletOf("fresh"), SLOT_ENDS);
    expect(String(used)).to.match(/the account has been used before \(E_MEMBER\)/);
    const signed = await metBy(next, SLOT_ENDS);
    expect(opened().grantedTo(signed.authorisation.nymHash)).to.deep.equal(signed);
    expect(opened().shownBy(first)).not.to.equal(undefined);
  });

  it("are files of mode 0600", () => {
    const names = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = names.filter((name) => name.isFile()).map((f) => join(f.parentPath, f.name));
    expect(files).to.have.lengthOf(3);
    for (const file of files) expect(statSync(file).mode & 0o777, file).to.equal(0o600);
  });
});

function walletOf(name: string): Wallet {
  return new Wallet(id(`wallet of ${name}`));
}

async function termsOf(): Promise<StationTerms> {
  const certificate: Certificate = {
    account: STATION.address,
    participantId: id("station"),
    kind: BigInt(PARTICIPANT_KINDS.indexOf("matcher")),
    pileKind: 0n,
    ratedPowerW: 0n,
    siteCommitment: `0x${"00".repeat(32)}`,
    validUntil: BigInt(NOW + 86_400),
    relayBy: BigInt(NOW - 86_400),
    serial: 1n,
  };
  const domain = identityDomain(REGISTRY.chainId, REGISTRY.identities);
  return {
    certificate,
    certificateSignature: await AUTHORITY.signTypedData(domain, CERTIFICATE_TYPES, certificate),
    scope: { service: "auction", place: id("an area"), slot: 7 },
    roles: ["charge"],
    epoch: EPOCH,
    slotEnds: SLOT_ENDS,
    maxEnergyWh: 40_000,
  };
}
