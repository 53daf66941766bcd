import { readFileSync } from "node:fs";
import { readmePath, withOperations } from "../scripts/service-readmes.ts";
import { services } from "../services/index.ts";

describe("the README of a service", () => {
  it.each(services.map((service) => [service.name, service] as const))(
    "%s: lists the operations that it has",
    (_name, service) => {
      const readme = readFileSync(readmePath(service), "utf8");
      expect(readme).toBe(withOperations(service, readme));
    },
  );
});
