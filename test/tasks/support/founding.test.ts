/** How a market comes to its credentials, also when two found them at once. */
import { mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { z } from "zod";
import {
  credentialsOf,
  registrarOf,
  tracerShareOf,
  type MarketCredentials,
} from "../../../tasks/stores/credentials.ts";
import { stateIn, type State } from "../../../tasks/stores/state.ts";
import { credentialsOrNew, makeCredentials } from "../../../tasks/support/founding.ts";
import { populatedWorld, type MarketWorld } from "../../support/market/deployed.ts";
import { asyncRefusal } from "../../support/primitives/draws.ts";

const TERMS = { threshold: 2, members: 3, epochSeconds: 86_400 };

describe("the founding of credentials", () => {
  let connection: NetworkConnection;
  let market: MarketWorld["market"];
  let folder: string;
  let state: State;

  before(async () => {
    connection = await network.create();
    ({ market } = await populatedWorld(connection));
  });
  after(() => connection.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "founding-"));
    state = stateIn(folder);
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** A state that says that nothing is there until both have asked: both found. */
  const heedless = (): State => ({ ...state, has: () => Promise.resolve(false) });

  /** The registrar's key and all tracers' shares belong to what is published. */
  const expectWhole = async (credentials: MarketCredentials): Promise<void> => {
    const { parameters } = await registrarOf({ state }, credentials);
    expect(parameters).to.equal(credentials.parameters);
    for (let index = 1; index <= credentials.published.members; index += 1) {
      expect((await tracerShareOf({ state }, credentials, index)).index).to.equal(index);
    }
  };

  it("is done once: two that found at once go on with the same, whose secrets are there", async () => {
    const [one, two] = await Promise.all(
      [1, 2].map(() => credentialsOrNew({ state: heedless(), market })),
    );
    expect(one?.published).to.deep.equal(two?.published);
    const credentials = await credentialsOf({ state, market });
    expect(credentials.published).to.deep.equal(one?.published);
    await expectWhole(credentials);
  });

  it("leaves no secret of who was second, and refuses other terms", async () => {
    const made = await Promise.all(
      [1, 2].map(() => makeCredentials({ state: heedless(), market }, TERMS)),
    );
    expect(made).to.have.members([true, false]);
    const credentials = await credentialsOf({ state, market });
    expect(credentials.published).to.include({ threshold: 2, members: 3 });
    await expectWhole(credentials);
    const files = await readdir(join(folder, "credentials/foundings"), {
      recursive: true,
      withFileTypes: true,
    });
    expect(files.filter((file) => file.isFile())).to.have.length(4);
    expect(await makeCredentials({ state, market }, { ...TERMS, members: 4 })).to.equal(false);
  });

  it("is read from a folder of an older version, which has the secrets beside", async () => {
    const { secretsFolder } = await credentialsOrNew({ state, market });
    for (const name of ["issuer.json", "tracers"]) {
      await rename(join(folder, secretsFolder, name), join(folder, "credentials", name));
    }
    const parameters = "credentials/parameters.json";
    const { founding, ...older } = await state.read(parameters, z.record(z.string(), z.json()));
    expect(founding).to.be.a("string");
    await state.write(parameters, older);
    await expectWhole(await credentialsOf({ state, market }));
  });

  it("is told apart from none", async () => {
    const none = await asyncRefusal(() => credentialsOf({ state, market }));
    expect(none).to.equal("StateError E_STATE");
  });
});
