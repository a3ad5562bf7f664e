import { defineConfig } from "vitest/config";
import { loadedOnce } from "../../vitest.shared.js";

export default defineConfig(loadedOnce());
