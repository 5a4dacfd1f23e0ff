/** The rule for paths in documents, on such as lead to a file and such as do not. */
import { expect } from "chai";
import { fileURLToPath } from "node:url";
import rule from "../../scripts/markdownPaths.ts";

const DOCUMENT = fileURLToPath(new URL("../../offchain/parties/README.md", import.meta.url));

describe("paths in documents", () => {
  const lost = (...lines: readonly string[]): readonly number[] => {
    const found: number[] = [];
    rule.function({ name: DOCUMENT, lines }, ({ lineNumber }) => found.push(lineNumber));
    return found;
  };

  it("start at the document's folder, at the root or at offchain", () => {
    expect(lost("`server/frames.ts`")).to.deep.equal([]);
    expect(lost("`offchain/parties/server/frames.ts`")).to.deep.equal([]);
    expect(lost("`parties/server/frames.ts`")).to.deep.equal([]);
    expect(lost("", "See `frames.ts` and `contracts/Nothing.sol`.")).to.deep.equal([2, 2]);
  });

  it("start at the folder that a table's header names, until the table ends", () => {
    const table = ["| file of `server/` |", "| - |", "| `frames.ts`, `nothing.ts` |"];
    expect(lost(...table, "", "`frames.ts`")).to.deep.equal([3, 5]);
  });

  it("may be patterns", () => {
    expect(lost("`parties/{proxy,cloud}/worker.ts`, `parties/<party>/desk.ts`")).to.deep.equal([]);
    expect(lost("`parties/<party>/nothing.ts`")).to.deep.equal([1]);
  });
});
