/**
 * A station that says one thing and signs another. It signs less energy, a shorter time or a number
 * of its own for an account, in its answer or behind the vehicle's back on chain: the account is
 * then worth less than agreed, or carries a mark by which everybody tells the vehicle apart. The
 * straw man believes a signature of the right station; the vehicle refuses by name, and neither
 * trades nor pays from the account.
 */
import { expect } from "chai";
import { id, Wallet, type Signer } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";
import { send } from "../../offchain/chain/market.ts";
import {
  AUTHORISED_ENERGY_WH,
  authorisationMessage,
  authorisationSigner,
  SESSION_AUTHORISATION_TYPES,
  type SessionAuthorisation,
  type SignedAuthorisation,
} from "../../offchain/core/credential/handshake/authorisation.ts";
import { roleNumber } from "../../offchain/core/credential/attributes.ts";
import { scopeId, scopeOfTerms } from "../../offchain/core/credential/scope.ts";
import { identityDomain } from "../../offchain/core/messages/typedData.ts";
import { bytesToHex } from "../../offchain/core/primitives/bytes.ts";
import { authoriseAccount, type AuctionOccasion } from "../../offchain/market/authorising.ts";
import { StepError } from "../../offchain/market/stepError.ts";
import type { StationDesk } from "../../offchain/parties/station/desk.ts";
import {
  memorySessionAccount,
  type SessionAccountStore,
} from "../../offchain/parties/vehicle/sessionAccount.ts";
import type { MarketWorld } from "../support/market/deployed.ts";
import { joinedAs, occasionIn, officeTown, type Office } from "../support/market/office.ts";
import { asyncRefusal, counterRng } from "../support/primitives/draws.ts";

type Lie = (agreed: SessionAuthorisation) => Partial<SessionAuthorisation>;

const LIES: Readonly<Record<string, readonly [Lie, string]>> = {
  "less energy": [() => ({ maxEnergyWh: 1 }), "E_ENERGY"],
  "a mark in the energy": [() => ({ maxEnergyWh: AUTHORISED_ENERGY_WH + 1 }), "E_ENERGY"],
  "a shorter time": [({ notAfter }) => ({ notAfter: notAfter - 1_800 }), "E_TIME"],
  "another role": [() => ({ role: "discharge" }), "E_ROLE"],
  "another scope": [() => ({ scope: id("another scope") }), "E_SCOPE"],
  "another pseudonym": [() => ({ nymHash: id("another pseudonym") }), "E_SCOPE"],
};

describe("a lying station", function () {
  this.timeout(120_000);

  const rng = counterRng("a lying station");
  let connection: NetworkConnection;
  let world: MarketWorld;
  let office: Office;
  let station: StationDesk;

  before(async () => {
    ({ connection, world, office, station } = await officeTown(rng));
  });

  after(() => connection.close());

  const occasionAt = (place: string): Promise<AuctionOccasion> =>
    occasionIn(world, { areaHash: id(place) });

  const authorisedBy = async (
    desk: StationDesk,
    occasion: AuctionOccasion,
    store: SessionAccountStore,
  ): Promise<string> => {
    const { parameters } = office.registrar;
    const { credential } = await joinedAs(office, `driver at ${occasion.terms.areaHash}`);
    try {
      await authoriseAccount(world.market, parameters, { credential, store, rng }, desk, occasion);
      return "accepted";
    } catch (error) {
      if (error instanceof StepError) return `${error.code} ${error.values.field ?? ""}`.trim();
      return asyncRefusal(() => {
        throw error;
      });
    }
  };

  const signedBy = async (
    signer: Signer,
    authorisation: SessionAuthorisation,
  ): Promise<SignedAuthorisation> => {
    const { chainId, contracts } = world.market;
    const domain = identityDomain(chainId, await contracts.identities.getAddress());
    const message = authorisationMessage(authorisation);
    const signature = await signer.signTypedData(domain, SESSION_AUTHORISATION_TYPES, message);
    return { authorisation, signature };
  };

  /** The account that was made for an occasion. */
  const addressIn = async (
    store: SessionAccountStore,
    { terms }: AuctionOccasion,
  ): Promise<string> => {
    const scope = bytesToHex(scopeId(office.registrar.parameters, scopeOfTerms(terms)));
    const account = await store.sessionAccount(scope);
    if (account === null) throw new RangeError("expected an account, got none");
    return new Wallet(account.privateKey).address;
  };

  /** Whether an account has nothing on chain but an authorisation. */
  const isUntouched = async (address: string): Promise<boolean> => {
    const { escrow } = world.market.contracts;
    const { free, locked } = await escrow.balanceOf(address);
    const sent = await connection.ethers.provider.getTransactionCount(address);
    return free === 0n && locked === 0n && sent === 0;
  };

  for (const [what, [lie, code]] of Object.entries(LIES)) {
    it(`is refused for ${what} in its answer, which its signature does not make good`, async () => {
      const lying: StationDesk = {
        ...station,
        store: {
          ...station.store,
          // What the books give back is what goes out: signed by the station, and not as agreed.
          grantedTo: () => Promise.resolve(lies[0]),
          grant: async ({ authorisation }) => {
            lies.push(await signedBy(station.wallet, { ...authorisation, ...lie(authorisation) }));
            return false;
          },
        },
      };
      const lies: SignedAuthorisation[] = [];
      const store = memorySessionAccount();
      const occasion = await occasionAt(`answer with ${what}`);
      const refused = await authorisedBy(lying, occasion, store);
      const [signed] = lies;
      if (signed === undefined) throw new RangeError("expected a signed lie");
      // The straw man asks for the station's signature on something for its own account.
      const { registry } = office.registrar.parameters;
      const signer = authorisationSigner(registry, signed);
      expect(signer).to.equal(await station.wallet.getAddress());
      expect(refused).to.equal(
        what === "another role"
          ? "RefusedHandshakeError E_HANDSHAKE_REFUSED"
          : `CredentialError ${code}`,
      );
      expect(await isUntouched(await addressIn(store, occasion))).to.equal(true);
    });
  }

  for (const field of ["maxEnergyWh", "notAfter", "scope"] as const) {
    it(`is refused for another ${field} that it puts on chain behind the vehicle's back`, async () => {
      const others = {
        maxEnergyWh: { maxEnergyWh: 1 },
        notAfter: {},
        scope: { scope: id("behind the vehicle's back") },
      };
      const lying: StationDesk = {
        ...station,
        store: {
          ...station.store,
          grant: async (signed, shown, earlier) => {
            const { authorisation } = signed;
            const shorter = { notAfter: authorisation.notAfter - 1_800 };
            const changes = field === "notAfter" ? shorter : others[field];
            told = String({ ...authorisation, ...changes }[field]);
            const other = await signedBy(station.wallet, { ...authorisation, ...changes });
            const { identities } = world.market.contracts;
            const relayed = {
              ...other.authorisation,
              role: roleNumber(other.authorisation.role),
            };
            await send(
              world.market,
              identities.connect(station.wallet).authorise(relayed, other.signature),
            );
            return station.store.grant(signed, shown, earlier);
          },
        },
      };
      let told = "";
      const store = memorySessionAccount();
      const occasion = await occasionAt(`chain with another ${field}`);
      const refused = await authorisedBy(lying, occasion, store);
      if (field === "scope") expect(refused).to.equal("RefusedError E_REFUSED");
      else expect(refused).to.equal(`E_AUTHORISATION_OTHER ${field}`);
      const account = await addressIn(store, occasion);
      expect(await isUntouched(account)).to.equal(true);
      // The straw man believes the answer, which was as agreed, and trades from what is on chain.
      const onChain = await world.market.contracts.identities.authorisationOf(account);
      expect(String(onChain[field])).to.equal(told);
    });
  }

  it("gains nothing in the next slot: an honest one authorises the same driver", async () => {
    const occasion = await occasionAt("an honest place");
    expect(await authorisedBy(station, occasion, memorySessionAccount())).to.equal("accepted");
  });
});
