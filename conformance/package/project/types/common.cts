import { emulator } from "headwater/jest";

export const endpoint: string = emulator.endpoint;
// @ts-expect-error it is a text
export const number: number = emulator.endpoint;
