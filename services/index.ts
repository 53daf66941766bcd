import type { Service } from "../emulator/model/service.ts";
import { sts } from "./sts/index.ts";

/** The one list of services. */
export const services: readonly Service[] = [sts];
