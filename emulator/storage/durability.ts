/** `process`: an acknowledged write survives the death of the process. `power`: it survives a power cut as well. */
export type Durability = "process" | "power";
