import type { Constraints } from "../../emulator/model/constraints.ts";

export const constraints: Constraints = {};
