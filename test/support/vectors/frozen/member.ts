/** The member of the frozen vectors: keys, joining, and a presentation. */
import { id as hashOfText } from "ethers";
import { CHARGE, EPOCH, REGISTRY } from "../../credential/world.ts";
import { encodeScalar } from "../../../../offchain/core/credential/group.ts";
import {
  acceptCredential,
  askToJoin,
  type Credential,
  generateHolderSecret,
} from "../../../../offchain/core/credential/holder.ts";
import { generateIssuerKey } from "../../../../offchain/core/credential/issuerKey.ts";
import { generateSigningKey } from "../../../../offchain/core/credential/longTermKey.ts";
import { memberIdOf } from "../../../../offchain/core/credential/naming.ts";
import {
  acceptParameters,
  type CredentialParameters,
} from "../../../../offchain/core/credential/parameters.ts";
import { presentationId } from "../../../../offchain/core/credential/presentation.ts";
import {
  admitMember,
  memoryRegister,
  nameMember,
} from "../../../../offchain/core/credential/registrar.ts";
import { pseudonymBase, scopeId } from "../../../../offchain/core/credential/scope.ts";
import { showCredential } from "../../../../offchain/core/credential/show.ts";
import { dealTracers } from "../../../../offchain/core/credential/tracers.ts";
import { nymDigest } from "../../../../offchain/core/credential/handshake/authorisation.ts";
import { DRAWS, drawsOf, type FrozenFile, hex, hexed, type Json } from "./form.ts";
import { NONCE_BYTES } from "../../../../offchain/core/credential/joinRequest.ts";
import { randomBytesOf } from "../../../../offchain/core/primitives/random.ts";

const TRACERS = { threshold: 2, members: 3 };
const REST_EPOCHS = 2;
const NAME = "Anna Muster";
const SCOPE = { service: "auction", place: hashOfText("an area"), slot: 960_000 };
const MESSAGE = "a message of a vector";

export interface FrozenMember {
  readonly parameters: CredentialParameters;
  readonly credential: Credential;
  /** Everything that was published, sent and kept until there was a credential. */
  readonly joining: { readonly [name: string]: Json };
}

/** Joins as everybody does, with fixed draws at every step. */
export async function frozenMember(): Promise<FrozenMember> {
  const issuer = generateIssuerKey(drawsOf("issuer"));
  const dealing = dealTracers(TRACERS, 0, drawsOf("tracers")).published;
  const published = {
    ...TRACERS,
    registry: REGISTRY,
    issuerKey: issuer.publicKey,
    dealings: [dealing],
  };
  const parameters = acceptParameters(published);
  const longTermKey = generateSigningKey(drawsOf("long-term key"));
  const holder = generateHolderSecret(drawsOf("usk"));
  const memberId = memberIdOf(longTermKey.publicKey);
  const naming = nameMember(parameters, issuer, { memberId, name: NAME }, drawsOf("naming"));
  const register = memoryRegister(new Map([[memberId, { roles: ["charge"] }]]), REST_EPOCHS);
  const nonce = randomBytesOf(drawsOf("join nonce"), NONCE_BYTES);
  const asked = { nonce, attributes: CHARGE };
  const request = askToJoin(parameters, holder, longTermKey, asked, drawsOf("join request"));
  const now = { epoch: EPOCH };
  const draws = drawsOf("join answer");
  const answer = await admitMember(parameters, issuer, register, now, request, draws);
  const credential = acceptCredential(parameters, holder, CHARGE, answer);
  const joining = {
    registry: { chainId: String(REGISTRY.chainId), identities: REGISTRY.identities },
    tracers: TRACERS,
    role: CHARGE.role,
    epoch: CHARGE.epoch,
    name: NAME,
    memberId,
    ...hexed({
      issuerSecret: encodeScalar(issuer.secret),
      issuerKey: issuer.publicKey,
      dealing,
      parametersId: parameters.id,
      longTermSecret: longTermKey.secretKey,
      longTermKey: longTermKey.publicKey,
      usk: encodeScalar(holder.usk),
      naming: naming.signature,
      joinNonce: nonce,
      joinRequest: request,
      joinAnswer: answer,
    }),
  };
  return { parameters, credential, joining };
}

export async function presentationVectors(): Promise<FrozenFile> {
  const { parameters, credential, joining } = await frozenMember();
  const scope = scopeId(parameters, SCOPE);
  const message = new TextEncoder().encode(MESSAGE);
  const draws = drawsOf("presentation");
  const presentation = showCredential(parameters, credential, { scope, message }, draws);
  const nym = pseudonymBase(scope).multiply(credential.usk).toBytes();
  return {
    what: "A credential, from the keys of issuer and tracers to a presentation: naming, request to join, answer, and what is shown in a scope.",
    draws: `${DRAWS} Labels: frozen/issuer, tracers, long-term key, usk, naming, join nonce, join request, join answer, presentation.`,
    joining,
    scope: { ...SCOPE, scopeId: hex(scope) },
    message: MESSAGE,
    presentation: hex(presentation),
    presentationId: hex(presentationId(presentation)),
    nym: hex(nym),
    nymDigest: nymDigest(nym),
  };
}
