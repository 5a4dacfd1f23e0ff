/** What others have written, on a terminal: nothing in it acts, in tables, sentences and JSON. */
import { expect } from "chai";
import { InputError, concluded } from "../../../tasks/support/outcome.ts";
import { jsonOutput } from "../../../tasks/support/jsonText.ts";
import { plain } from "../../../tasks/support/plainText.ts";
import { printFacts } from "../../../tasks/support/print.ts";

/** Clears the screen, turns the reading direction, deletes, begins a sequence in one character. */
const HOSTILE = "a\u001b[2Jb\u202ec\u0008d\u009b2Je\rf";
const ACTING = /(?!\n)[\p{Cc}\p{Cf}]/u;

describe("text of others", () => {
  const written = async (stream: "stdout" | "stderr", act: () => unknown): Promise<string> => {
    const write = process[stream].write.bind(process[stream]);
    let said = "";
    process[stream].write = (text: string | Uint8Array): boolean => {
      said += String(text);
      return true;
    };
    try {
      await act();
    } finally {
      process[stream].write = write;
    }
    return said;
  };

  it("keeps its lines and letters", () => {
    expect(plain("Größe, 株式会社 🚗\nnext")).to.equal("Größe, 株式会社 🚗\nnext");
    expect(ACTING.test(HOSTILE)).to.equal(true);
    expect(plain(HOSTILE)).to.match(/^a.\[2Jb.c.d.2Je.f$/);
  });

  it("acts on no terminal as a fact, of one or several", async () => {
    for (const fact of [HOSTILE, [HOSTILE]]) {
      const table = await written("stdout", () => {
        printFacts({ fact }, false);
      });
      expect(table).not.to.match(ACTING);
    }
  });

  it("acts on none as JSON, which still says it", async () => {
    const said = await written("stdout", () => {
      printFacts({ fact: HOSTILE }, true);
    });
    expect(said).not.to.match(ACTING);
    expect(JSON.parse(said)).to.deep.equal({ fact: HOSTILE });
    const tag = "\u{e0041}";
    expect(JSON.parse(jsonOutput({ tag }))).to.deep.equal({ tag });
  });

  it("acts on none in a refusal", async () => {
    const said = await written("stderr", () =>
      concluded(() => Promise.reject(new InputError(`--file: ${HOSTILE} is not yours`))),
    );
    expect(said).not.to.match(ACTING);
    expect(said).to.include("is not yours\n");
  });
});
