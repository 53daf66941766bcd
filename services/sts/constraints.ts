// Emitted by scripts/constraints.mjs from botocore's model 2011-06-15 of STS; not edited by hand.
import type { Constraints } from "../../emulator/model/constraints.ts";

export const constraints: Constraints = {

};
