/** Meters, their keys and what they sign. */
import { emptyTask, task } from "hardhat/config";
import { CERTIFICATE_DAYS } from "../../offchain/core/messages/lifetimes.ts";
import {
  text,
  optionalText,
  count,
  amount,
  json,
  state,
  as,
  auctionId,
  sessionId,
  keyFile,
  bareCurve,
  meterName,
  sign,
  by,
  validSeconds,
} from "../support/options.ts";

const pile = text("pile", "Name or address of the pile", "");
const ratedPower = count("ratedPower", "Most that the socket carries, in W; 0: the pile's", 0);
const days = count("days", "How long the certificate is valid", CERTIFICATE_DAYS);

export const meter = [
  emptyTask("meter", "Meters: register their keys, verify what they sign, simulate one").build(),
  task(["meter", "simulate"], "Make a meter that signs real OCMF; certifies nothing")
    .addOption(state)
    .addOption(optionalText("meter", "Name of the new meter, best that of its pile"))
    .addOption(text("curve", "secp256r1 or secp256k1", "secp256r1"))
    .addFlag(json)
    .setAction(() => import("../actions/meterSimulate.ts"))
    .build(),
  task(["meter", "request"], "Ask the authority to certify a meter for a pile, in a file")
    .addOption(state)
    .addOption(as)
    .addOption(meterName)
    .addOption(keyFile)
    .addOption(bareCurve)
    .addOption(optionalText("record", "File with a record in which a real meter names the request"))
    .addOption(ratedPower)
    .addOption(amount("pagination", "What the meter has signed last", 0n))
    .addOption(text("out", "File for the request", "meter-request.json"))
    .addFlag(json)
    .setAction(() => import("../actions/meterRequest.ts"))
    .build(),
  task(["meter", "certify"], "Certify what a request asks for, as the authority, in a file")
    .addOption(state)
    .addOption(text("request", "File of `meter request`", "meter-request.json"))
    .addOption(days)
    .addOption(text("out", "File for the certificate", "meter-certificate.json"))
    .addFlag(json)
    .setAction(() => import("../actions/meterCertify.ts"))
    .build(),
  task(["meter", "register"], "Have a pile's meter certified; again: renew")
    .addOption(state)
    .addOption(text("as", "Who pays for bringing a certificate; default: the operator", ""))
    .addOption(optionalText("certificate", "File of `meter certify` to bring to the chain instead"))
    .addOption(pile)
    .addOption(meterName)
    .addOption(ratedPower)
    .addOption(days)
    .addFlag(json)
    .setAction(() => import("../actions/meterRegister.ts"))
    .build(),
  task(["meter", "rotate"], "Certify another key for a pile, then revoke the old one for ever")
    .addOption(state)
    .addOption(optionalText("certificate", "File of `meter certify` with the new key"))
    .addOption(pile)
    .addOption(meterName)
    .addOption(optionalText("key", "Id of the old key; default: the only one of the pile"))
    .addOption(ratedPower)
    .addOption(days)
    .addFlag(json)
    .setAction(() => import("../actions/meterRotate.ts"))
    .build(),
  task(["meter", "revoke"], "End a meter's key for ever")
    .addOption(state)
    .addOption(optionalText("pile", "Name or address of the pile that it is certified for"))
    .addOption(optionalText("key", "Id of the key"))
    .addOption(keyFile)
    .addOption(bareCurve)
    .addOption(sign)
    .addOption(by)
    .addOption(validSeconds)
    .addFlag(json)
    .setAction(() => import("../actions/meterRevoke.ts"))
    .build(),
  task(["meter", "relay"], "Send the end of a key that the authority has signed, as anybody")
    .addOption(state)
    .addOption(as)
    .addOption(text("revocation", "File with the signed revocation", ""))
    .addFlag(json)
    .setAction(() => import("../actions/meterRelay.ts"))
    .build(),
  task(["meter", "show"], "Show pile, validity and last pagination of a meter's key")
    .addOption(state)
    .addOption(optionalText("pile", "Name or address of the pile that it is certified for"))
    .addOption(optionalText("key", "Id of the key"))
    .addOption(keyFile)
    .addOption(bareCurve)
    .addFlag(json)
    .setAction(() => import("../actions/meterShow.ts"))
    .build(),
  task(["meter", "sign"], "Have a simulated meter measure and sign the session of a pile")
    .addOption(state)
    .addOption(as)
    .addOption(sessionId)
    .addOption(auctionId)
    .addOption(meterName)
    .addOption(amount("energyWh", "Energy that flows to the vehicle in Wh", 0n))
    .addOption(count("seconds", "How long it takes; 0: as long as at full power", 0))
    .addFlag({ name: "unnamed", description: "Sign no session name, like meters that have none" })
    .addFlag({ name: "two", description: "Sign begin and end in a record each" })
    .addFlag({
      name: "passTime",
      description: "Move the clock of a demo chain until it has flowed",
    })
    .addOption(optionalText("out", "File for the record; default: in the state folder"))
    .addFlag(json)
    .setAction(() => import("../actions/meterSign.ts"))
    .build(),
  task(["meter", "verify"], "Judge signed records of a file, without any chain or for a session")
    .addPositionalArgument({
      name: "file",
      description: "OCMF text, XML of transparency software, or JSON of OCPP, OCPI or cases",
    })
    .addOption(optionalText("keyFile", "File with the meter's key; default: those in the file"))
    .addOption(bareCurve)
    .addOption(text("direction", "import, or export for energy that flows back", "import"))
    .addOption(optionalText("session", "Id of the session that the records should name"))
    .addOption(optionalText("state", "State folder of its market: asks the chain for its times"))
    .addFlag(json)
    .setAction(() => import("../actions/meterVerify.ts"))
    .build(),
];
