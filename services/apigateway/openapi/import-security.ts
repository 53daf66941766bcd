import type { AuthorizerType } from "@aws-sdk/client-api-gateway";
import { unsupported } from "../../../emulator/model/errors.ts";
import type { Ids } from "../../../emulator/runtime/ids.ts";
import { authorizerOf } from "../authorizer.ts";
import { newId } from "../ids.ts";
import type { Authorizer, Method } from "../model.ts";
import { node, nodes, securitySchemesOf, text, type Node, type OpenApi } from "./document.ts";
import type { ImportProblems } from "./import-problems.ts";

/** How a method is guarded. */
export type Guard = Pick<Method, "authorizationType" | "apiKeyRequired"> & { readonly authorizerId?: string };

/** The security schemes of a document: authorizers, signatures and API keys. */
export class ImportedSecurity {
  readonly authorizers: Record<string, Authorizer> = {};
  readonly #document: OpenApi;

  constructor(document: OpenApi) {
    this.#document = document;
  }

  add(ids: Ids, existing: Readonly<Record<string, Authorizer>>, problems: ImportProblems): void {
    for (const [name, value] of Object.entries(securitySchemesOf(this.#document))) {
      const scheme = node(value);
      const authorizer = scheme["x-amazon-apigateway-authorizer"];
      if (authorizer === undefined) continue;
      const before = Object.values(existing).find((other) => other.name === name);
      problems.attempt(`Unable to create authorizer '${name}'`, () => {
        const made = readAuthorizer(before?.id ?? newId(ids, 6), name, scheme, node(authorizer));
        this.authorizers[made.id] = made;
      });
    }
  }

  /** What an operation demands, or else the document. */
  guardOf(operation: Node, problems: ImportProblems): Guard {
    const auth = text(node(operation["x-amazon-apigateway-auth"])["type"])?.toUpperCase();
    const demanded = nodes(operation["security"] ?? this.#document.root["security"]).flatMap((one) => Object.keys(one));
    let guard: Guard = { authorizationType: auth === "AWS_IAM" ? "AWS_IAM" : "NONE", apiKeyRequired: false };
    for (const name of demanded) {
      const scheme = node(securitySchemesOf(this.#document)[name]);
      const authorizer = Object.values(this.authorizers).find((other) => other.name === name);
      if (authorizer) guard = { ...guard, authorizationType: "CUSTOM", authorizerId: authorizer.id };
      else if (text(scheme["x-amazon-apigateway-authtype"])?.toLowerCase() === "awssigv4") {
        guard = { ...guard, authorizationType: "AWS_IAM" };
      } else if (scheme["type"] === "apiKey" && text(scheme["name"])?.toLowerCase() === "x-api-key") {
        guard = { ...guard, apiKeyRequired: true };
      } else problems.warn(`Security scheme '${name}' is not supported for method authorization. Ignoring.`);
    }
    return guard;
  }
}

function readAuthorizer(id: string, name: string, scheme: Node, extension: Node): Authorizer {
  const type = text(extension["type"])?.toUpperCase() ?? "";
  if (type === "COGNITO_USER_POOLS") throw unsupported("The authorizer type COGNITO_USER_POOLS");
  const ttl = extension["authorizerResultTtlInSeconds"];
  const source = text(extension["identitySource"]) ?? identityOf(type, scheme);
  const optional = {
    authorizerCredentials: text(extension["authorizerCredentials"]),
    identityValidationExpression: text(extension["identityValidationExpression"]),
    authType: text(scheme["x-amazon-apigateway-authtype"]),
    identitySource: source,
  };
  return authorizerOf(id, {
    restApiId: undefined,
    name,
    type: type as AuthorizerType,
    authorizerUri: text(extension["authorizerUri"]),
    ...optional,
    ...(ttl !== undefined && { authorizerResultTtlInSeconds: Number(ttl) }),
  });
}

/** A TOKEN authorizer reads the header that its scheme names. */
const identityOf = (type: string, scheme: Node): string | undefined =>
  type === "TOKEN" ? `method.request.header.${text(scheme["name"]) ?? "Authorization"}` : undefined;
