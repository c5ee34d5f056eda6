/** Unpacked bytes at a time. Node's 16 KiB would make a disk of millions of chunks, each with a turn of the event loop. */
export const outputChunkBytes = 1024 * 1024
