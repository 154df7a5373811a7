/** The built files; vite.config.ts writes the list in place of this name. Only src/sw/sw.ts has it. */
declare const __PRECACHE__: readonly string[];
