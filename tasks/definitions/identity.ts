/** Who takes part. */
import { emptyTask, task } from "hardhat/config";
import { CERTIFICATE_DAYS, EPOCH_SECONDS } from "../../offchain/core/messages/lifetimes.ts";
import {
  text,
  optionalText,
  count,
  json,
  state,
  as,
  someone,
  account,
  auctionId,
  x,
  y,
  lat,
  lon,
  by,
  sign,
  validSeconds,
} from "../support/options.ts";

const member = text("as", "Name of the member in the state folder", "");
const kind = text("kind", "vehicle, pile or matcher", "vehicle");
const role = text("role", "charge, or discharge, which includes charging papers", "charge");
const power = count("power", "Rated power in W (pile)", 11_000);
const operator = optionalText("operator", "Who runs it (matcher): the two of an auction differ");
const days = count("days", "How long the certificate is valid", CERTIFICATE_DAYS);
const caseNumber = text("case", "The court's number of the case; the chain shows its hash", "");

export const identity = [
  emptyTask(
    "identity",
    "Who takes part, by name or without: enrol, credential, authorise, show",
  ).build(),
  task(["identity", "enrol"], "Make keys for a participant and have them certified; or renew")
    .addOption(state)
    .addOption(as)
    .addOption(
      optionalText(
        "certificate",
        "File of `identity certify` to bring to the chain instead; --as pays, or the operator",
      ),
    )
    .addOption(kind)
    .addOption(x)
    .addOption(y)
    .addOption(lat)
    .addOption(lon)
    .addOption(power)
    .addOption(operator)
    .addOption(days)
    .addFlag(json)
    .setAction(() => import("../actions/identityEnrol.ts"))
    .build(),
  task(["identity", "request"], "Make keys for a participant, and ask the authority in a file")
    .addOption(state)
    .addOption(as)
    .addOption(kind)
    .addOption(x)
    .addOption(y)
    .addOption(lat)
    .addOption(lon)
    .addOption(power)
    .addOption(operator)
    .addOption(text("out", "File for the request, for the authority alone", "request.json"))
    .addFlag(json)
    .setAction(() => import("../actions/identityRequest.ts"))
    .build(),
  task(["identity", "certify"], "Certify what a request asks for, as the authority, in a file")
    .addOption(state)
    .addOption(text("request", "File of `identity request`", "request.json"))
    .addOption(days)
    .addOption(text("out", "File for the certificate; several sign into one", "certificate.json"))
    .addOption(by)
    .addFlag(json)
    .setAction(() => import("../actions/identityCertify.ts"))
    .build(),
  authoritysAct("suspend", "Stop new obligations of a participant")
    .setAction(() => import("../actions/identitySuspend.ts"))
    .build(),
  authoritysAct("reinstate", "Lift a suspension")
    .setAction(() => import("../actions/identityReinstate.ts"))
    .build(),
  task(["identity", "show"], "Show certificate, standing and balance of a participant")
    .addOption(state)
    .addOption(someone)
    .addOption(account)
    .addFlag(json)
    .setAction(() => import("../actions/identityShow.ts"))
    .build(),
  task(
    ["identity", "tracers"],
    "Make keys for credentials if not one tracer opens, or not by the day",
  )
    .addOption(state)
    .addOption(count("threshold", "How many tracers have to open a case", 1))
    .addOption(count("members", "How many tracers there are", 1))
    .addOption(count("epochSeconds", "How long a credential counts", EPOCH_SECONDS))
    .addFlag(json)
    .setAction(() => import("../actions/identityTracers.ts"))
    .build(),
  task(["identity", "ask"], "Make keys for a member, and ask the registrar in a file")
    .addOption(state)
    .addOption(member)
    .addOption(role)
    .addOption(text("out", "File for the request, for the authority alone", "join-request.json"))
    .addFlag(json)
    .setAction(() => import("../actions/identityAsk.ts"))
    .build(),
  task(["identity", "admit"], "Let in who asks, as the registrar, and answer in a file")
    .addOption(state)
    .addOption(text("request", "File of `identity ask`", "join-request.json"))
    .addOption(text("out", "File for the answer, for the member alone", "join-answer.json"))
    .addFlag(json)
    .setAction(() => import("../actions/identityAdmit.ts"))
    .build(),
  task(["identity", "credential"], "Become a member and get a credential for the current epoch")
    .addOption(state)
    .addOption(member)
    .addOption(optionalText("answer", "File of `identity admit` to keep the credential of"))
    .addOption(role)
    .addFlag(json)
    .setAction(() => import("../actions/identityCredential.ts"))
    .build(),
  task(["identity", "exclude"], "Let a member into no further epoch")
    .addOption(state)
    .addOption(member)
    .addFlag({ name: "lift", description: "Let it in again" })
    .addFlag(json)
    .setAction(() => import("../actions/identityExclude.ts"))
    .build(),
  task(
    ["identity", "authorise"],
    "Show a credential to a station, and trade in one auction from an account that nobody knows",
  )
    .addOption(state)
    .addOption(member)
    .addOption(text("with", "Name of the station: a matcher or a pile", ""))
    .addOption(auctionId)
    .addOption(text("session", "New name for the account, for --as of other tasks", ""))
    .addFlag(json)
    .setAction(() => import("../actions/identityAuthorise.ts"))
    .build(),
  emptyTask(["identity", "trace"], "Who was behind an account: request, approve, open").build(),
  task(
    ["identity", "trace", "request"],
    "Ask the court to let the person behind a session be found",
  )
    .addOption(state)
    .addOption(optionalText("as", "Name of the station that asks; default: the authority"))
    .addOption(
      text("session", "Name of the session's account in the state folder, or its address", ""),
    )
    .addOption(caseNumber)
    .addFlag(json)
    .setAction(() => import("../actions/identityTraceRequest.ts"))
    .build(),
  task(["identity", "trace", "approve"], "Grant a case as the court, on chain")
    .addOption(state)
    .addOption(optionalText("as", "Name or address of the court; default: its own account"))
    .addOption(caseNumber)
    .addFlag(json)
    .setAction(() => import("../actions/identityTraceApprove.ts"))
    .build(),
  task(
    ["identity", "trace", "open"],
    "Open a granted case as a tracer; enough of them name the member",
  )
    .addOption(state)
    .addOption(caseNumber)
    .addOption(count("tracer", "Which tracer opens, from 1", 1))
    .addFlag(json)
    .setAction(() => import("../actions/identityTraceOpen.ts"))
    .build(),
];

/** What the authority says of somebody, sent or signed. */
function authoritysAct(verb: string, description: string) {
  return task(["identity", verb], description)
    .addOption(state)
    .addOption(someone)
    .addOption(account)
    .addOption(sign)
    .addOption(by)
    .addOption(validSeconds)
    .addFlag(json);
}
