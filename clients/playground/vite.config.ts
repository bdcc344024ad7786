import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv } from "vite";

/** The server mounts the built page at /; hashed names let browsers cache the files for ever. */
export default defineConfig(({ mode }) => ({
  base: "/",
  plugins: [react()],
  build: {
    outDir: "../../src/weft/web/playground",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
  },
  server: { proxy: { "/graphql": { target: loadEnv(mode, ".", "WEFT_").WEFT_URL ?? "http://127.0.0.1:8000", ws: true } } },
}));
