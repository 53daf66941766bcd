import { principalOf, readSignature } from "../../../emulator/gateway/authenticate.ts";
import { checkValidity, isPresigned, validityOf } from "../../../emulator/gateway/presigned.ts";
import { sha256Hex } from "../../../emulator/gateway/signature/canonical-request.ts";
import { incompleteSignature, type Wording } from "../../../emulator/gateway/signature/errors.ts";
import { checkSignature } from "../../../emulator/gateway/signature/verify.ts";
import type { Principal } from "../../../emulator/model/context.ts";
import { AwsError } from "../../../emulator/model/errors.ts";
import { missingAuthenticationToken, refusedSignature } from "./gateway-error.ts";
import type { Invocation, SignedWire } from "./invocation.ts";

/** The data plane of API Gateway words its refusals as services of its protocol do. */
const EXECUTE_API: Wording = { name: "apigateway", protocol: "restJson" };

interface Caller {
  readonly caller: Principal;
  readonly accessKey: string;
}

/** Whose signature a request carries: as with calls of the API, it is verified where those are. @throws GatewayError */
export async function callerOf({ host, signed }: Invocation): Promise<Caller> {
  if (!signed) throw missingAuthenticationToken();
  try {
    return await callerOfSigned(host, signed);
  } catch (error) {
    throw error instanceof AwsError ? refusedSignature(error) : error;
  }
}

async function callerOfSigned({ credentials, clock }: Invocation["host"], signed: SignedWire): Promise<Caller> {
  const { headers, query } = signed;
  const signature = readSignature(headers, query);
  if (!signature) {
    if (headers["authorization"] === undefined) throw missingAuthenticationToken();
    throw incompleteSignature(EXECUTE_API, "Authorization header requires 'Credential' parameter.");
  }
  const caller = principalOf(EXECUTE_API, signature, credentials);
  const byQuery = isPresigned(query);
  const { verified } = credentials;
  if (verified === "all" || (verified === "presigned" && byQuery)) {
    if (byQuery) checkValidity(validityOf(query), clock.now());
    const hash = async () => sha256Hex(await signed.body());
    await checkSignature(signed, EXECUTE_API, signature, credentials, clock.now(), hash);
  }
  return { caller, accessKey: signature.accessKeyId };
}
