/**
 * Deploys the market and wires it.
 *
 * `Escrow`, both auctions, `Reputation` and `MeterRegistry` have to know contracts that come after
 * them; `wire` tells them once, from the deployer, and takes the deployer's last function away.
 * `court` decides on tracing; it may be the authority, and should not be.
 */
import { ZeroAddress } from "ethers";
import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const WAD = 10n ** 18n;

export default buildModule("Market", (m) => {
  const authority = m.getParameter<string>("authority");
  const court = m.getParameter<string>("court");
  const minCredibility = m.getParameter("minCredibility", -5);
  const threshold = m.getParameter("threshold", -2);
  const maxCredibility = m.getParameter("maxCredibility", 20);
  const probationFactor = m.getParameter("probationFactor", 3);
  const probationPowerW = m.getParameter("probationPowerW", 3_700);
  const minWeightWad = m.getParameter("minWeightWad", WAD / 10n);
  const authoriseWindow = m.getParameter("authoriseWindow", 15 * MINUTE);
  const plugInWindow = m.getParameter("plugInWindow", 30 * MINUTE);
  const settleWindow = m.getParameter("settleWindow", 24 * HOUR);
  const disputeWindow = m.getParameter("disputeWindow", 24 * HOUR);
  const arbitrationWindow = m.getParameter("arbitrationWindow", 72 * HOUR);
  // Disputes need somebody who rules on them. Only who sets `disputeWindow` to 0 needs nobody.
  const arbiter = m.getParameter<string>("arbiter", ZeroAddress);
  const minEnergyWh = m.getParameter("minEnergyWh", 1_000);
  // A tenth of a token with six decimals.
  const minAmount = m.getParameter("minAmount", 100_000);

  const token = m.getParameter<string>("token");
  const identities = m.contract("IdentityRegistry", [authority, court]);
  const escrow = m.contract("Escrow", [token]);
  const reputation = m.contract("Reputation", [
    { minCredibility, threshold, maxCredibility, probationFactor, probationPowerW, minWeightWad },
  ]);
  const auctions = m.contract("PricingAuction", [identities, escrow, reputation]);
  const openAuctions = m.contract("OpenAuction", [identities, escrow, reputation]);
  const meters = m.contract("MeterRegistry", [identities]);
  const sessions = m.contract("ChargingSession", [
    auctions,
    openAuctions,
    escrow,
    reputation,
    meters,
    {
      authorise: authoriseWindow,
      plugIn: plugInWindow,
      settle: settleWindow,
      dispute: disputeWindow,
      arbitration: arbitrationWindow,
    },
    arbiter,
    { minEnergyWh, minAmount },
  ]);

  const coupons = m.contract("Coupons", [escrow, reputation]);

  m.call(escrow, "wire", [[auctions, openAuctions, sessions, coupons]]);
  m.call(auctions, "wire", [sessions]);
  m.call(openAuctions, "wire", [sessions]);
  m.call(reputation, "wire", [sessions]);
  m.call(meters, "wire", [sessions]);

  return { identities, escrow, reputation, auctions, openAuctions, meters, sessions, coupons };
});
