import type { Host } from "../../../emulator/model/context.ts";
import { unsupported } from "../../../emulator/model/errors.ts";
import type { Engine } from "../../../emulator/model/service.ts";
import type { AuthorizationResult, TestAuthorization, TestInvocation, TestResult } from "../model.ts";

/** Invocations of REST APIs. */
export class ApiGatewayEngine implements Engine {
  constructor(_host: Host) {}

  stop(): void {}

  testInvoke(_test: TestInvocation): Promise<TestResult> {
    throw unsupported("TestInvokeMethod");
  }

  testAuthorize(_test: TestAuthorization): Promise<AuthorizationResult> {
    throw unsupported("TestInvokeAuthorizer");
  }

  /** Forgets what authorizers answered on a stage. */
  flushAuthorizers(_apiId: string, _stage: string): void {}
}
