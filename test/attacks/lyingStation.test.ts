/**
 * A station that says one thing and signs another. It signs less energy, a shorter slot or a number
 * of its own for an account, in its answer or behind the vehicle's back on chain: the account would
 * be worth less than agreed, or carry a mark by which everybody tells the vehicle apart. The straw
 * man believes a signature of the right station. The vehicle refuses by name, and neither trades
 * nor pays from the account; the chain takes nothing that the account has not signed.
 */
import { expect } from "chai";
import { id, Wallet, type Signer } from "ethers";
import type { NetworkConnection } from "hardhat/types/network";
import { send } from "../../offchain/chain/market.ts";
import {
  AUTHORISED_ENERGY_WH,
  authorisationMessage,
  authorisationSigner,
  type SessionAuthorisation,
  type SignedAuthorisation,
  type GrantedAuthorisation,
  signAuthorisation,
} from "../../offchain/core/credential/handshake/authorisation.ts";
import { auctionScope, stationScopeId } from "../../offchain/core/credential/scope.ts";
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
import { refusalIn } from "../support/market/charging.ts";

type Lie = (agreed: SessionAuthorisation) => Partial<SessionAuthorisation>;

const LIES: Readonly<Record<string, readonly [Lie, string]>> = {
  "less energy": [() => ({ maxEnergyWh: 1 }), "E_ENERGY"],
  "a mark in the energy": [() => ({ maxEnergyWh: AUTHORISED_ENERGY_WH + 1 }), "E_ENERGY"],
  "a shorter slot": [({ slotEnd }) => ({ slotEnd: slotEnd - 1_800 }), "E_TIME"],
  "another role": [() => ({ role: "discharge" }), "E_ROLE"],
  "another place": [() => ({ place: id("another place") }), "E_SCOPE"],
  "another pseudonym": [() => ({ nym: id("another pseudonym") }), "E_SCOPE"],
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
  ): Promise<GrantedAuthorisation> => {
    const { registry } = office.registrar.parameters;
    return { authorisation, signature: await signAuthorisation(registry, signer, authorisation) };
  };

  /** The account that was made for an occasion. */
  const addressIn = async (
    store: SessionAccountStore,
    { terms }: AuctionOccasion,
  ): Promise<string> => {
    const { parameters } = office.registrar;
    const scope = stationScopeId(auctionScope(parameters, world.matcher.id, terms));
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
          grant: async ({ authorisation, consent }) => {
            const told = { ...authorisation, ...lie(authorisation) };
            lies.push({ ...(await signedBy(station.wallet, told)), consent });
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

  for (const [what, [lie]] of Object.entries(LIES)) {
    it(`puts nothing on chain behind the vehicle's back: ${what}`, async () => {
      const refusals: unknown[] = [];
      const lying: StationDesk = {
        ...station,
        store: {
          ...station.store,
          grant: async (signed, shown) => {
            const { authorisation, consent } = signed;
            const other = await signedBy(station.wallet, {
              ...authorisation,
              ...lie(authorisation),
            });
            // The straw man asks the station alone.
            const { registry } = office.registrar.parameters;
            expect(authorisationSigner(registry, other)).to.equal(
              await station.wallet.getAddress(),
            );
            const { identities } = world.market.contracts;
            const message = authorisationMessage(other.authorisation);
            const relayed = identities.connect(station.wallet);
            const relaying = (): Promise<unknown> =>
              send(world.market, relayed.authorise(message, other.signature, consent));
            refusals.push(await refusalIn(relaying));
            return station.store.grant(signed, shown);
          },
        },
      };
      const store = memorySessionAccount();
      const occasion = await occasionAt(`chain with ${what}`);
      expect(await authorisedBy(lying, occasion, store)).to.equal("accepted");
      expect(refusals).to.deep.equal(["IdentityNoConsent"]);
      const account = await addressIn(store, occasion);
      const onChain = await world.market.contracts.identities.authorisationOf(account);
      expect(onChain.maxEnergyWh).to.equal(BigInt(AUTHORISED_ENERGY_WH));
      expect(onChain.slotEnd).to.equal(occasion.terms.slotEnd);
      expect(onChain.role).to.equal(1n);
    });
  }

  it("gains nothing in the next slot: an honest one authorises the same driver", async () => {
    const occasion = await occasionAt("an honest place");
    expect(await authorisedBy(station, occasion, memorySessionAccount())).to.equal("accepted");
  });
});
