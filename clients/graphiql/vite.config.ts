import { defineConfig, loadEnv } from "vite";

/** The server mounts the built page at /graphiql; hashed names let browsers cache the files for ever. */
export default defineConfig(({ mode }) => ({
  base: "/graphiql/",
  worker: { format: "es" },
  build: {
    outDir: "../../src/weft/web/graphiql",
    emptyOutDir: true,
    target: "es2022",
    // Monaco alone is larger than Vite's warning limit.
    chunkSizeWarningLimit: 8000,
    rolldownOptions: {
      onLog(level, log, handler) {
        // "use client" in React libraries means nothing in a page without a server side.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") handler(level, log);
      },
    },
  },
  server: { proxy: { "/graphql": { target: loadEnv(mode, ".", "WEFT_").WEFT_URL ?? "http://127.0.0.1:8000", ws: true } } },
}));
