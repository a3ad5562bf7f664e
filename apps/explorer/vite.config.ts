import { defineConfig } from "vite";

/** Workers on a page that is isolated may share memory; ONNX Runtime then uses more than one thread. */
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "credentialless",
};

export default defineConfig({
  // Relative addresses: the page works below any path, and from a static host.
  base: "./",
  // One worker file that both its panel and its lazy parts share.
  worker: { format: "es" },
  build: { target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 1000 },
  server: { host: "127.0.0.1", headers },
  preview: { host: "127.0.0.1", port: 4173, headers },
});
