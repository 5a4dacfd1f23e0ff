/** Options of the command line: how they are made, and those that several tasks share. */
import { ArgumentType } from "hardhat/types/arguments";

export const text = <Name extends string>(
  name: Name,
  description: string,
  defaultValue: string,
) => ({
  name,
  description,
  type: ArgumentType.STRING as const,
  defaultValue,
});
export const optionalText = <Name extends string>(name: Name, description: string) => ({
  name,
  description,
  type: ArgumentType.STRING_WITHOUT_DEFAULT as const,
  defaultValue: undefined,
});
export const count = <Name extends string>(
  name: Name,
  description: string,
  defaultValue: number,
) => ({
  name,
  description,
  type: ArgumentType.INT as const,
  defaultValue,
});

export const amount = <Name extends string>(
  name: Name,
  description: string,
  defaultValue: bigint,
) => ({
  name,
  description,
  type: ArgumentType.BIGINT as const,
  defaultValue,
});

export const json = {
  name: "json" as const,
  description: "Print JSON for machines instead of tables",
};
/** Where something is, in one of two ways. */
export const x = count("x", "East of the frame's corner in metres", 0);
export const y = count("y", "North of the frame's corner in metres", 0);
export const lat = optionalText("lat", "Latitude in degrees, with --lon instead of --x and --y");
export const lon = optionalText("lon", "Longitude in degrees");
export const wait = { name: "wait" as const, description: "Wait for the end of bidding" };
export const withoutMissing = {
  name: "withoutMissing" as const,
  description: "Leave out who has committed to something on chain and has sent nothing",
};
export const state = text("state", "Folder that keeps addresses, keys and openings", ".chargeveil");
export const as = text("as", "Name of the participant in the state folder who acts", "");
export const someone = optionalText("as", "Name of a participant in the state folder");
export const mode = text("mode", "How to match: strict", "strict");
export const account = optionalText("account", "Address of an account, instead of --as");
export const auctionId = optionalText("auction", "Id of the auction; default: the one opened last");
export const sessionId = optionalText(
  "session",
  "Id of the session; default: that of --as in the auction",
);

/** Of an act of the authority that is signed instead of sent. */
export const sign = optionalText("sign", "File for the signed act, which somebody else relays");
export const by = optionalText("by", "Who signs it: name or address; default: the authority");
export const validSeconds = count("validSeconds", "How long it can be relayed", 86_400);
/** Of a call of one's own that is signed instead of sent. */
export const signCall = optionalText("sign", "File for the signed call, which somebody relays");

export const keyFile = optionalText("keyFile", "File with the public key of the meter");
export const bareCurve = text("curve", "Curve of a key that does not say it", "secp256r1");
export const meterName = optionalText(
  "meter",
  "Name of a simulated meter; default: the one that is called like the pile",
);
export const electionId = optionalText(
  "election",
  "Id of the election; default: the one opened last",
);
