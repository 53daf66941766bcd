/** S3 answers times in whole seconds, in documents as in headers. */
export const timestamp = (epochMs: number): Date => new Date(Math.floor(epochMs / 1000) * 1000);
