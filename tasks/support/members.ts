/** What the tasks share in which somebody becomes a member: roles, and what is refused. */
import { ROLES, type Role } from "../../offchain/core/credential/attributes.ts";
import { InputError } from "./outcome.ts";
import type { Remedies } from "./remedies.ts";

/** @throws InputError */
export function roleNamed(text: string): Role {
  const role = ROLES.find((one) => one === text);
  if (role !== undefined) return role;
  throw new InputError(`--role: expected ${ROLES.join(" or ")}, got ${text}`);
}

/** What the registrar refuses, in the words of a person. @param epoch that of now */
export function refusedByRegistrar(name: string, epoch: number, role: Role): Remedies {
  return {
    ...refusedToMember(name, epoch),
    E_ROLE: () =>
      `--role: ${name} is registered without papers to ${role}: ask for the role that it has`,
  };
}

/** Of a request that came as a file. @param epoch that of now */
export function refusedInLetter(name: string, epoch: number): Remedies {
  const again = "ask for a new one, which `identity ask` makes";
  const damaged = `--request: expected what the key of ${name} has signed for the credentials of this market: ${again}`;
  return {
    ...refusedToMember(name, epoch),
    ...sameFor(BROKEN, damaged),
    E_ROLE: () =>
      `--request: ${name} is registered without papers for the role that it asks for: ${again}`,
    E_EPOCH: () => `--request: expected one of epoch ${epoch}, which is now: ${again}`,
    E_CHALLENGE: () => `--request: ${name} was admitted by this request before: ${again}`,
  };
}

function refusedToMember(name: string, epoch: number): Remedies {
  return {
    E_MEMBER: () =>
      `${name} is excluded: the registrar does not let it into epoch ${epoch}; the authority may lift that`,
    E_IDENTIFIER: () =>
      `${name} has joined under another identifier, whose authorisations may not be over: wait for the next epoch`,
  };
}

/** Of an answer that came as a file. */
export function refusedInAnswer(name: string): Remedies {
  const expected = `--answer: expected the registrar's answer to ${name}, got another`;
  return {
    ...sameFor([...BROKEN, "E_CREDENTIAL", "E_MEMBER"], `${expected}: ask for it again`),
    E_MEMBERSHIP_NONE: () => `${expected}: run \`npx hardhat identity ask --as ${name}\` first`,
  };
}

const BROKEN = ["E_LENGTH", "E_POINT", "E_SCALAR", "E_FIELD", "E_SIGNATURE", "E_PROOF"] as const;

function sameFor(codes: readonly string[], sentence: string): Remedies {
  return Object.fromEntries(codes.map((code) => [code, () => sentence]));
}
