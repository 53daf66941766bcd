/** A rule of AWS's that the engine broke. */
export class Violation extends Error {}
