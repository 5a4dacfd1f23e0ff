/** Creates the contracts of a market at addresses that are known before. */
import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

export default buildModule("Create3Factory", (m) => ({ factory: m.contract("Create3Factory") }));
