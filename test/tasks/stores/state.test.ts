/** Files of the state folder when several write them at once. */
import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { z } from "zod";
import { stateIn, type State } from "../../../tasks/stores/state.ts";
import { asyncRefusal } from "../../support/primitives/draws.ts";

const fileSchema = z.strictObject({ writer: z.number(), filling: z.string() });
const WRITERS = Array.from({ length: 16 }, (_, writer) => ({
  writer,
  filling: "x".repeat(20_000),
}));

describe("a file of the state folder", () => {
  let folder: string;
  let state: State;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "state-"));
    state = stateIn(folder);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const modeOf = async (name: string): Promise<number> =>
    (await stat(join(folder, name))).mode & 0o777;

  it("is replaced by many at once, is whole, and leaves nothing beside", async () => {
    await Promise.all(WRITERS.map((content) => state.write("one.json", content)));
    expect(WRITERS).to.deep.include(await state.read("one.json", fileSchema));
    expect(await readdir(folder)).to.deep.equal(["one.json"]);
  });

  it("leaves nothing beside when it cannot be replaced", async () => {
    await mkdir(join(folder, "one.json/inside"), { recursive: true });
    expect(await asyncRefusal(() => state.write("one.json", {}))).to.match(
      /EISDIR|ENOTEMPTY|EEXIST/,
    );
    expect(await readdir(folder)).to.deep.equal(["one.json"]);
  });

  it("is missing where there is none, and only there", async () => {
    expect(await state.has("one.json")).to.equal(false);
    expect(await state.readIfThere("one.json", fileSchema)).to.equal(undefined);
    expect(await asyncRefusal(() => state.read("one.json", fileSchema))).to.equal(
      "StateError E_STATE",
    );
    expect(await stateIn(join(folder, "none")).list(".")).to.deep.equal([]);
    await state.write("file", {});
    const inNoFolder = stateIn(join(folder, "file"));
    expect(await inNoFolder.has("one.json")).to.equal(false);
    expect(await inNoFolder.list("records")).to.deep.equal([]);
    await mkdir(join(folder, "one.json"));
    for (const look of [
      () => state.has("one.json"),
      () => state.read("one.json", fileSchema),
      () => state.readIfThere("one.json", fileSchema),
    ]) {
      expect(await asyncRefusal(look)).to.contain("EISDIR");
    }
  });

  it("is created by one of many, and stays what that one wrote", async () => {
    const creators = [
      { create: state.create, name: "public.json", mode: 0o644 },
      { create: state.createSecret, name: "secret.json", mode: 0o600 },
    ];
    for (const { create, name, mode } of creators) {
      const created = await Promise.all(WRITERS.map((content) => create(name, content)));
      expect(created.filter(Boolean)).to.have.length(1);
      const first = WRITERS[created.indexOf(true)];
      expect(await state.read(name, fileSchema)).to.deep.equal(first);
      expect(await modeOf(name)).to.equal(mode);
    }
    expect(await readdir(folder)).to.have.members(creators.map(({ name }) => name));
  });
});
