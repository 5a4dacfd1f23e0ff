/** Who is behind a name, also when two enrol it at once. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { personPath } from "../../../tasks/support/connection.ts";
import { keepSessionPerson, personFor, type WantedPerson } from "../../../tasks/support/people.ts";
import { personSchema, stateIn, type State } from "../../../tasks/stores/state.ts";

const VEHICLE: WantedPerson = { as: "ann", kind: "vehicle", x: 0, y: 0, power: 0 };
const PILE: WantedPerson = { as: "ann", kind: "pile", x: 1, y: 2, power: 11_000 };

describe("the person behind a name", () => {
  let folder: string;
  let state: State;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "people-"));
    state = stateIn(folder);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("is one for all that enrol it at once, with the private key that is kept", async () => {
    const people = await Promise.all([1, 2, 3, 4].map(() => personFor(state, VEHICLE)));
    const kept = await state.read(personPath("ann"), personSchema);
    for (const person of people) expect(person).to.deep.equal(kept);
    expect(await personFor(state, VEHICLE)).to.deep.equal(kept);
  });

  it("is of one kind: of two kinds at once, the second is refused as it is later", async () => {
    const outcomes = await Promise.allSettled([VEHICLE, PILE].map((one) => personFor(state, one)));
    const kept = await state.read(personPath("ann"), personSchema);
    const other = kept.kind === "vehicle" ? PILE : VEHICLE;
    const sentence = `--kind: ann is a ${kept.kind} for ever, not a ${other.kind}: take another name`;
    const late: unknown = await personFor(state, other).catch((error: unknown) => error);
    expect(late).to.include({ message: sentence });
    const made = outcomes.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    expect(made).to.deep.equal([kept]);
    const reasons = outcomes.flatMap((one) =>
      one.status === "rejected" ? [one.reason as unknown] : [],
    );
    expect(reasons[0]).to.include({ message: sentence });
  });

  it("is a session's account of one run: another run is refused, and the same one goes on", async () => {
    const person = await personFor(state, VEHICLE);
    const accounts = ["0x01", "0x02"].map((privateKey) => ({
      ...person,
      name: "trip",
      privateKey,
    }));
    const outcomes = await Promise.allSettled(accounts.map((one) => keepSessionPerson(state, one)));
    const first = accounts[outcomes.findIndex(({ status }) => status === "fulfilled")];
    expect(outcomes.map(({ status }) => status)).to.have.members(["fulfilled", "rejected"]);
    const other = accounts.find((one) => one !== first) ?? person;
    const refused: unknown = await keepSessionPerson(state, other).catch((error: unknown) => error);
    expect(refused).to.include({
      message: "--session: trip is there already, and each session has its own: take a new one",
    });
    await keepSessionPerson(state, first ?? person);
    expect(await state.read(personPath("trip"), personSchema)).to.deep.equal(first);
  });
});
