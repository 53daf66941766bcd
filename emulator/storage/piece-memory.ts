/** Large enough that what a piece costs beside its bytes does not matter. */
export const PIECE_BYTES = 1024 * 1024;
/** Memory of this many pieces is kept for the next bodies: new memory has to be cleared first, and old one to be collected. */
const MOST_SPARE = 32;

const spare: SharedArrayBuffer[] = [];

/** Room for a piece of a body, in memory that threads share. What was in it before still is. */
export const takeMemory = (): SharedArrayBuffer => spare.pop() ?? new SharedArrayBuffer(PIECE_BYTES);

/** Nobody looks at it any more. */
export function giveMemory(memory: SharedArrayBuffer): void {
  if (spare.length < MOST_SPARE) spare.push(memory);
}
