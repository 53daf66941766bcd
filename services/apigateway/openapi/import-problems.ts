import { AwsError } from "../../../emulator/model/errors.ts";
import { badRequest } from "../errors.ts";

/** What an import complains of: errors end it, warnings only if the caller wants that. */
export class ImportProblems {
  readonly warnings: string[] = [];
  readonly #errors: string[] = [];

  warn(warning: string): void {
    this.warnings.push(warning);
  }

  /** Runs a part of the import; a complaint of API Gateway's own becomes an error of the import. */
  attempt(what: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof AwsError) || error.name === "NotImplemented") throw error;
      this.#errors.push(`${what}: ${error.message}`);
    }
  }

  /** @throws BadRequestException */
  settle(failOnWarnings: boolean): void {
    if (this.#errors.length > 0) throw badRequest(["Errors found during import:", ...this.#errors].join("\n\t"));
    if (failOnWarnings && this.warnings.length > 0) {
      throw badRequest(["Warnings found during import:", ...this.warnings].join("\n\t"));
    }
  }
}
