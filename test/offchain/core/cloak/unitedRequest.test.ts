import { expect } from "chai";

import { CloakError } from "../../../../offchain/core/cloak/cloakError.ts";
import { drawsOf, shuffled } from "../../../../offchain/core/cloak/draws.ts";
import {
  pinned,
  standingRequest,
  withoutMember,
} from "../../../../offchain/core/cloak/pinnedSession.ts";
import { encodeRequest, unitedRequest } from "../../../../offchain/core/cloak/unitedRequest.ts";
import { seededRng } from "../../../../offchain/study/worlds/seededRng.ts";
import { expectError } from "../../../support/importers/errors.ts";
import { crowd } from "../../../support/cloak/sets.ts";

const BUCKET = crowd("bucket", 7, 6);
const CONTENTS = BUCKET.map((_, index) => Uint8Array.of(200 - index, index));

function bytesInOrder(seed: number): string {
  const draws = drawsOf(seededRng(seed));
  const request = unitedRequest(shuffled(BUCKET, draws), 3, shuffled(CONTENTS, draws));
  return Buffer.from(encodeRequest(request)).toString("hex");
}

describe("united request", () => {
  it("is the same bytes for every member, whatever order it has the members in", () => {
    expect(new Set([1, 2, 3, 4, 5, 6].map(bytesInOrder)).size).to.equal(1);
  });

  it("holds every nym, cell and content once, and no place", () => {
    const { nyms, cells, contents } = unitedRequest(BUCKET, 3, CONTENTS);
    expect(nyms).to.have.members(BUCKET.map(({ nym }) => nym));
    expect(cells).to.have.deep.members(BUCKET.map(({ cell }) => cell));
    expect(contents).to.have.members(CONTENTS);
  });

  it("names its set by members and epoch and by nothing else", () => {
    const { setId } = unitedRequest(BUCKET, 3, CONTENTS);
    const elsewhere = BUCKET.map(({ nym }) => ({ nym, cell: { column: 9, row: 9 } }));
    expect(unitedRequest(elsewhere, 3, CONTENTS).setId).to.equal(setId);
    expect(unitedRequest(BUCKET, 4, CONTENTS).setId).to.not.equal(setId);
    const without = unitedRequest(BUCKET.slice(1), 3, CONTENTS.slice(1));
    expect(without.setId).to.not.equal(setId);
  });

  it("has another encoding for another cell, content or epoch", () => {
    const encoded = (...of: Parameters<typeof unitedRequest>) =>
      Buffer.from(encodeRequest(unitedRequest(...of))).toString("hex");
    const moved = BUCKET.map((member, index) =>
      index > 0 ? member : { ...member, cell: { column: 99, row: 99 } },
    );
    const other = CONTENTS.map((content, index) => (index > 0 ? content : Uint8Array.of(1, 1)));
    const all = [
      encoded(BUCKET, 3, CONTENTS),
      encoded(moved, 3, CONTENTS),
      encoded(BUCKET, 3, other),
      encoded(BUCKET, 4, CONTENTS),
    ];
    expect(new Set(all).size).to.equal(4);
  });

  it("refuses contents that are missing or that their length tells apart", () => {
    const long = [...CONTENTS.slice(1), Uint8Array.of(1, 2, 3)];
    for (const contents of [CONTENTS.slice(1), long]) {
      expectError(() => unitedRequest(BUCKET, 3, contents), CloakError, "E_CLOAK_CONTENT");
    }
    expectError(() => unitedRequest(BUCKET, -1, CONTENTS), CloakError, "E_CLOAK_EPOCH");
  });
});

describe("pinned session", () => {
  const request = unitedRequest(BUCKET, 3, CONTENTS);

  it("keeps its request to the byte while members leave, and then has none", () => {
    let session = pinned(request, 5);
    for (const nym of ["n0", "n1"]) {
      session = withoutMember(session, nym);
      expect(standingRequest(session)).to.equal(request);
    }
    expect(standingRequest(withoutMember(session, "n2"))).to.equal(null);
  });

  it("begins with at least k, and nobody leaves it twice", () => {
    expectError(() => pinned(request, 8), CloakError, "E_CLOAK_SESSION");
    const session = withoutMember(pinned(request, 5), "n0");
    expectError(() => withoutMember(session, "n0"), CloakError, "E_CLOAK_SESSION");
  });
});

describe("draws", () => {
  it("shuffle uniformly: every order of three within four standard errors of a sixth", () => {
    const draws = drawsOf(seededRng("orders"));
    const counts = new Map<string, number>();
    for (let trial = 0; trial < 6_000; trial += 1) {
      const order = shuffled(["a", "b", "c"], draws).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).to.equal(6);
    const most = 4 * Math.sqrt(6_000 * (1 / 6) * (5 / 6));
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).to.be.below(most);
  });

  it("stay below their bound and refuse one that is none", () => {
    const draws = drawsOf(seededRng("bounds"));
    const drawn = Array.from({ length: 500 }, () => draws.below(7));
    expect(new Set(drawn)).to.have.property("size", 7);
    expect(Math.max(...drawn)).to.equal(6);
    for (const bound of [0, -1, 1.5, 2 ** 33]) {
      expectError(() => draws.below(bound), CloakError, "E_CLOAK_BOUND");
    }
  });
});
