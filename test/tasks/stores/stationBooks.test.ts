/**
 * A station's books in a folder: one authorisation a pseudonym over all its processes, and what is
 * behind each.
 */
import { expect } from "chai";
import { id, Wallet } from "ethers";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  nymHashOf,
  type SignedAuthorisation,
} from "../../../offchain/core/credential/handshake/authorisation.ts";
import type { StationTerms } from "../../../offchain/core/credential/handshake/station.ts";
import type { Credential } from "../../../offchain/core/credential/holder.ts";
import { verifyPresentation } from "../../../offchain/core/credential/verify.ts";
import { PARTICIPANT_KINDS, type Certificate } from "../../../offchain/core/messages/market.ts";
import { CERTIFICATE_TYPES, identityDomain } from "../../../offchain/core/messages/typedData.ts";
import { booksIn } from "../../../tasks/stores/books.ts";
import { RefusedHandshakeError, shakeHands } from "../../../offchain/market/handshake.ts";
import type { StationStore } from "../../../offchain/parties/station/store.ts";
import { folderStationBooks } from "../../../tasks/stores/stationBooks.ts";
import {
  codeOf,
  credentialOf,
  EPOCH,
  personIn,
  REGISTRY,
  worldOf,
} from "../../support/credential/world.ts";

const NOW = 1_728_000_000;
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
    anna = await credentialOf(world, personIn(world, "anna"));
    terms = await termsOf();
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** Every time as by a process of its own. */
  const opened = (): StationStore => folderStationBooks(booksIn(folder));
  const metBy = (account: Wallet): Promise<SignedAuthorisation> => {
    const { place, slotStart, slotEnd, maxEnergyWh } = terms;
    const expected = {
      authority: AUTHORITY.address,
      stationId: id("station"),
      siteCommitment: null,
      place,
      slotStart,
      slotEnd,
      epoch: EPOCH,
      nowSeconds: NOW,
      maxEnergyWh,
    };
    const { parameters, rng } = world;
    const vehicle = { expected, credential: anna, account, rng };
    return shakeHands(parameters, vehicle, { terms, wallet: STATION, store: opened(), rng });
  };
  const refusalOf = (account: Wallet): Promise<unknown> =>
    metBy(account).then(
      () => "granted",
      (error: unknown) => error,
    );
  const nextSlot = (): void => {
    terms = { ...terms, slotStart: terms.slotEnd, slotEnd: terms.slotEnd + 1_800 };
  };

  it("give the same again to the same account, and to no other", async () => {
    const account = walletOf("fresh");
    const signed = await metBy(account);
    expect(await opened().grantedTo(nymHashOf(signed.authorisation))).to.deep.equal(signed);
    expect(await metBy(account)).to.deep.equal(signed);
    const refused = await refusalOf(walletOf("second"));
    expect(refused).to.be.instanceOf(RefusedHandshakeError).with.property("reason", "E_NYM_USED");
  });

  it("keep behind each account the presentation that a court may ask for", async () => {
    const shown = await opened().shownBy(walletOf("fresh").address);
    if (shown === undefined) throw new RangeError("expected a presentation");
    expect(
      codeOf(() => verifyPresentation(world.parameters, shown.presentation, shown.demand)),
    ).to.equal("accepted");
    expect(await opened().shownBy(walletOf("second").address)).to.equal(undefined);
  });

  it("take no account a second time, and keep what is behind it", async () => {
    const first = walletOf("fresh");
    nextSlot();
    const used = await refusalOf(first);
    expect(String(used)).to.match(/the account has been used before \(E_MEMBER\)/);
    const signed = await metBy(walletOf("next"));
    expect(await opened().grantedTo(nymHashOf(signed.authorisation))).to.deep.equal(signed);
    expect(await opened().shownBy(first.address)).not.to.equal(undefined);
  });

  it("give one of two that come at once", async () => {
    nextSlot();
    const names = ["left", "right"];
    const outcomes = await Promise.all(names.map((name) => refusalOf(walletOf(name))));
    expect(outcomes.filter((outcome) => outcome === "granted")).to.have.lengthOf(1);
  });

  it("let an account be finished that an interrupted process has noted and not granted", async () => {
    const account = walletOf("interrupted");
    nextSlot();
    const nymHash = nymHashOf((await metBy(account)).authorisation);
    rmSync(join(folder, `nyms/${nymHash}.json`));
    expect(await opened().grantedTo(nymHash)).to.equal(undefined);
    expect((await metBy(account)).authorisation.account).to.equal(account.address);
    nextSlot();
    expect(await refusalOf(account)).to.have.property("reason", "E_MEMBER");
  });

  it("answer a challenge once, whichever process is asked", async () => {
    const transcript = `0x${"ab".repeat(64)}` as const;
    const taken = [opened(), opened()].map((books) => books.takeChallenge(transcript));
    expect(await Promise.all(taken)).to.have.members([true, false]);
    expect(await opened().takeChallenge(transcript)).to.equal(false);
    expect(await opened().takeChallenge(`0x${"ac".repeat(64)}`)).to.equal(true);
  });

  it("are files of mode 0600", () => {
    const names = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = names.filter((name) => name.isFile()).map((f) => join(f.parentPath, f.name));
    expect(files.length).to.be.above(8);
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
    premises: `0x${"00".repeat(32)}`,
    validUntil: BigInt(NOW + 86_400),
    relayBy: BigInt(NOW - 86_400),
    serial: 1n,
  };
  const domain = identityDomain(REGISTRY.chainId, REGISTRY.identities);
  return {
    certificate,
    certificateSignature: await AUTHORITY.signTypedData(domain, CERTIFICATE_TYPES, certificate),
    place: id("an area"),
    slotStart: NOW + 600,
    slotEnd: NOW + 1_800,
    roles: ["charge"],
    epoch: EPOCH,
    maxEnergyWh: 40_000,
  };
}
