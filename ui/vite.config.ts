import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Development talks to a running desk: chronodesk serve --demo, then npm run dev.
const desk = process.env["CHRONODESK_URL"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("src", import.meta.url)) } },
  server: { proxy: { "/api": desk, "/favicon.ico": desk, "/problems": desk } },
  build: {
    outDir: "../api/static/app",
    emptyOutDir: true,
    target: "es2023",
    // The content policy allows nothing that stands in the page itself.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        // What every page needs comes in two files: a dozen small ones hardly compress.
        codeSplitting: {
          groups: [
            {
              name: "base",
              test: /node_modules\/(react|react-dom|scheduler|use-intl|intl-messageformat|@formatjs|@tanstack\/(query-core|react-query|router-core|react-router|history|store|react-store)|openapi-fetch)\//,
            },
            {
              name: "common",
              test: /src\/(api|lib|components|actions|i18n)\/.*\.tsx?$/,
              minShareCount: 2,
            },
          ],
        },
      },
    },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    restoreMocks: true,
    css: { modules: { classNameStrategy: "non-scoped" } },
  },
});
