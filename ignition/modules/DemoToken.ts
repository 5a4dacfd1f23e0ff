/** The token of local chains, where nobody brings one. */
import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

export default buildModule("DemoToken", (m) => ({ token: m.contract("DemoToken") }));
