import { defineConfig } from "vitest/config";

/** `live` tests need a server: tests/clients_typescript starts one and names it in WEFT_URL. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    exclude: process.env.WEFT_URL === undefined ? ["test/live/**"] : [],
    testTimeout: 10_000,
  },
});
