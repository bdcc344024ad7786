import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv } from "vite";

const client = (path: string) => decodeURIComponent(new URL(`../typescript/src/${path}`, import.meta.url).pathname);

/** The server mounts the built page at /; hashed names let browsers cache the files for ever. */
export default defineConfig(({ mode }) => ({
  base: "/",
  plugins: [react()],
  resolve: {
    // weft-client is built from its sources, with the copies of its dependencies that are installed here.
    alias: [
      { find: /^weft-client$/, replacement: client("index.ts") },
      { find: /^weft-client\/react$/, replacement: client("react/index.ts") },
      { find: /^weft-client\/operations$/, replacement: client("generated/operations.ts") },
    ],
    dedupe: ["react", "react-dom", "graphql-ws", "graphql"],
  },
  build: {
    outDir: "../../src/weft/web/playground",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
  },
  server: { proxy: { "/graphql": { target: loadEnv(mode, ".", "WEFT_").WEFT_URL ?? "http://127.0.0.1:8000", ws: true } } },
}));
