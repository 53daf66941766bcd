import * as sdk from "@aws-sdk/client-api-gateway";
import type { OperationName } from "../../emulator/model/sdk.ts";
import { defineService, type Operation as ServiceOperation } from "../../emulator/model/service.ts";
import { ApiGatewayEngine } from "./execution/engine.ts";
import { ApiGatewayStore } from "./store.ts";

export interface ApiGatewayState {
  store: ApiGatewayStore;
  engine: ApiGatewayEngine;
}

export type Operation<N extends OperationName<"apigateway">> = ServiceOperation<"apigateway", N, ApiGatewayState>;

export const apigateway = defineService<"apigateway", ApiGatewayState>({
  name: "apigateway",
  protocol: "restJson",
  sdk,
  store: (host, scope) => new ApiGatewayStore(host, scope),
  engine: (host) => new ApiGatewayEngine(host),
  operations: {},
});
