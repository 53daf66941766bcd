import { before, LAST_HASH_KEY, rangeIndex, uniformBoundaries } from "./hash-key.ts";
import { isOpen, type ReshardStep, type Shard } from "./model.ts";

/** Pure changes of a stream's shards: what a split, a merge and a uniform scaling do to the hash key space. */

export interface Resharded {
  /** All shards, the closed ones and the new ones included, by number. */
  readonly shards: readonly Shard[];
  readonly nextShardNumber: number;
}

/** A stream's first shards: equal parts of the hash key space. */
export function initialShards(count: number, now: number, epochSeconds: number): Shard[] {
  const boundaries = uniformBoundaries(count);
  return boundaries.map((start, number) => ({
    number,
    startingHashKey: start,
    endingHashKey: lastBefore(boundaries[number + 1]),
    epochSeconds,
    openedAt: now,
    nextPosition: 1,
    lastArrival: 0,
  }));
}

const lastBefore = (boundary: string | undefined): string =>
  boundary === undefined ? LAST_HASH_KEY : before(boundary);

/** Closes the parents and opens the children of each step. */
export function reshard(
  shards: readonly Shard[],
  steps: readonly ReshardStep[],
  nextShardNumber: number,
  now: number,
): Resharded {
  const byNumber = new Map(shards.map((shard) => [shard.number, shard]));
  let next = nextShardNumber;
  const open = (range: Pick<Shard, "startingHashKey" | "endingHashKey">, parent: Shard, adjacentParent?: Shard) => {
    const child: Shard = {
      number: next++,
      ...range,
      parent: parent.number,
      ...(adjacentParent && { adjacentParent: adjacentParent.number }),
      epochSeconds: Math.max(
        Math.floor(now / 1000),
        parent.epochSeconds + 1,
        adjacentParent ? adjacentParent.epochSeconds + 1 : 0,
      ),
      openedAt: now,
      nextPosition: 1,
      lastArrival: 0,
    };
    byNumber.set(child.number, child);
  };
  const close = (number: number): Shard => {
    const shard = byNumber.get(number);
    if (!shard || !isOpen(shard)) throw new Error(`Shard ${number} is not open`);
    byNumber.set(number, { ...shard, closedAt: now });
    return shard;
  };
  for (const step of steps) {
    const parent = close(step.shard);
    if (step.type === "split") {
      open({ startingHashKey: parent.startingHashKey, endingHashKey: before(step.at) }, parent);
      open({ startingHashKey: step.at, endingHashKey: parent.endingHashKey }, parent);
    } else {
      const adjacent = close(step.adjacent);
      open({ startingHashKey: parent.startingHashKey, endingHashKey: adjacent.endingHashKey }, parent, adjacent);
    }
  }
  return { shards: [...byNumber.values()].toSorted((a, b) => a.number - b.number), nextShardNumber: next };
}

export const openShards = (shards: readonly Shard[]): Shard[] =>
  shards.filter(isOpen).toSorted((a, b) => (a.startingHashKey < b.startingHashKey ? -1 : 1));

interface Piece {
  readonly number: number;
  readonly startingHashKey: string;
}

/**
 * The splits and merges that turn the open shards into `target` shards of equal size: every shard is cut where a target
 * boundary runs through it, then the pieces of each target range are merged. Shards in between live for no time, as
 * AWS documents of UpdateShardCount.
 */
export function scaleUniformly(open: readonly Shard[], target: number, nextShardNumber: number): ReshardStep[] {
  const boundaries = uniformBoundaries(target);
  const steps: ReshardStep[] = [];
  const pieces: Piece[] = open.map(({ number, startingHashKey }) => ({ number, startingHashKey }));
  let next = nextShardNumber;
  for (const at of boundaries) {
    const index = rangeIndex(pieces, at);
    const piece = pieces[index] as Piece;
    if (piece.startingHashKey === at) continue;
    steps.push({ type: "split", shard: piece.number, at });
    pieces.splice(
      index,
      1,
      { number: next, startingHashKey: piece.startingHashKey },
      { number: next + 1, startingHashKey: at },
    );
    next += 2;
  }
  const isBoundary = new Set(boundaries);
  let merged: number | undefined;
  for (const piece of pieces) {
    if (isBoundary.has(piece.startingHashKey)) {
      merged = piece.number;
    } else {
      steps.push({ type: "merge", shard: merged as number, adjacent: piece.number });
      merged = next++;
    }
  }
  return steps;
}
