/** What people are told of a node that breaks off, is busy, or is no node. */
import { expect } from "chai";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { network } from "hardhat";
import { requireNode } from "../../../tasks/support/nodes.ts";
import { nodeFault } from "../../../tasks/support/nodeFaults.ts";

/** As providers put it into addresses. */
const CUSTOMER = "key-of-a-customer";

type Answer = (response: ServerResponse) => void;

describe("a node at fault", () => {
  let server: Server;
  let answer: Answer;

  before(async () => {
    server = createServer((_, response) => {
      answer(response);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
  });

  after(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  });

  /** What Hardhat throws where the node answers like that. */
  const thrown = async (how: Answer): Promise<unknown> => {
    answer = how;
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/${CUSTOMER}`;
    const connection = await network.create({ network: "localhost", override: { url } });
    const error: unknown = await connection.provider.request({ method: "eth_chainId" }).then(
      () => null,
      (reason: unknown) => reason,
    );
    await connection.close();
    return error;
  };

  const ENDS = ": what was sent may stand, see what came of it before you run this again";

  it("is one sentence, without the address that holds a customer's key", async () => {
    const down = (response: ServerResponse) => response.writeHead(503).end("gone");
    const broken = "the node has broken off, or answers with an error";
    expect(nodeFault(await thrown(down))).to.equal(broken + ENDS);
    expect(nodeFault(await thrown((response) => response.destroy()))).to.equal(broken + ENDS);
    expect(
      nodeFault(await thrown((response) => response.end(`<a href="/${CUSTOMER}">log in</a>`))),
    ).to.equal(`the node answers what no node would${ENDS}`);
    const busy = (response: ServerResponse) => {
      response.writeHead(429, { "retry-after": "3600" }).end();
    };
    expect(nodeFault(await thrown(busy))).to.equal(
      `the node answers no more questions, there were too many${ENDS}`,
    );
  });

  it("has been sent nothing if it is the first question that finds it so", async () => {
    answer = (response) => response.writeHead(503).end("gone");
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/${CUSTOMER}`;
    const connection = await network.create({ network: "localhost", override: { url } });
    expect(await requireNode(connection).catch(String)).to.equal(
      "InputError: network localhost names no node, or one that has broken off, or answers with an error: nothing was sent; see whether it runs, and whether its address is right",
    );
    await connection.close();
  });

  it("is not one that says why it refuses, and no error of ours", async () => {
    const refusing = (response: ServerResponse) => {
      response.end(JSON.stringify({ jsonrpc: "2.0", id: 1, error: { code: -1, message: "no" } }));
    };
    const refusal = await thrown(refusing);
    expect(refusal).to.be.an("error").with.property("code", -1);
    expect(nodeFault(refusal)).to.equal(null);
    for (const error of [new Error("a bug"), new TypeError("a bug"), "a text", null]) {
      expect(nodeFault(error)).to.equal(null);
    }
  });
});
