/** Several arbiters of disputes as one signer, for markets that name more than one. */
import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

export default buildModule("ArbiterQuorum", (m) => {
  const arbiters = m.getParameter<string[]>("arbiters");
  const quorum = m.getParameter<number>("quorum");
  return { arbiter: m.contract("ArbiterQuorum", [arbiters, quorum]) };
});
