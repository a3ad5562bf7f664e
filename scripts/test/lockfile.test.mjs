import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { auditFindings, buildProblems, lockfileProblems, packagesWithScripts } from "../lib/lockfile.mjs";

const integrity = "sha512-AAAA";

describe("lockfileProblems", () => {
  it("takes what is pinned and comes from a registry", () => {
    expect(lockfileProblems({ packages: { "a@1.0.0": { resolution: { integrity } } } })).toEqual([]);
  });

  it("names what is not pinned, what comes from elsewhere, and what was withdrawn", () => {
    const packages = {
      "a@1.0.0": { resolution: { integrity: "sha1-AAAA" } },
      "b@1.0.0": { resolution: { integrity, tarball: "https://elsewhere.example/b.tgz" } },
      "c@1.0.0": { resolution: { integrity }, deprecated: "use d" },
      "e@1.0.0": { resolution: { type: "git", repo: "https://elsewhere.example/e", commit: "12" } },
    };
    expect(lockfileProblems({ packages })).toEqual([
      "a@1.0.0: must be pinned by a checksum of 256 bits or more, got sha1-AAAA",
      "b@1.0.0: must come from a registry, got tarball https://elsewhere.example/b.tgz",
      "c@1.0.0: was withdrawn by its authors: use d",
      "e@1.0.0: must be pinned by a checksum of 256 bits or more, got undefined",
      "e@1.0.0: must come from a registry, got repo https://elsewhere.example/e",
    ]);
  });
});

describe("buildProblems", () => {
  const none = { onlyBuiltDependencies: [], ignoredBuiltDependencies: ["known"] };

  it("names an install script that nobody has looked at", () => {
    expect(buildProblems(none, [{ name: "known", version: "1.0.0" }])).toEqual([]);
    expect(buildProblems(none, [{ name: "new", version: "2.0.0" }])).toEqual([
      "new@2.0.0: has an install script; look what it does, then name it under ignoredBuiltDependencies",
    ]);
  });

  it("lets none be allowed, and the setting not be left out", () => {
    expect(buildProblems({ ...none, onlyBuiltDependencies: ["known"] }, [])).toHaveLength(1);
    expect(buildProblems({ ignoredBuiltDependencies: [] }, [])).toHaveLength(1);
  });
});

describe("auditFindings", () => {
  const advisory = (severity) => ({ module_name: "a", severity, title: "bad", url: "u" });

  it("tells grave advisories from others", () => {
    const text = JSON.stringify({ advisories: { 1: advisory("high"), 2: advisory("moderate") } });
    expect(auditFindings(text)).toEqual({
      problems: ["a: high: bad (u)"],
      notes: ["a: moderate: bad (u)"],
    });
  });

  it("says why there is no answer", () => {
    expect(auditFindings('{"error":{"code":"E","message":"405"}}').unreachable).toBe("405");
    expect(auditFindings("getaddrinfo failed\nat x").unreachable).toBe("getaddrinfo failed");
    expect(auditFindings("").unreachable).toBe("no answer");
  });
});

it("packagesWithScripts finds them in pnpm's store, scoped ones too, and not through links", () => {
  const folder = mkdtempSync(join(tmpdir(), "lockfile-"));
  const put = (path, manifest) => {
    mkdirSync(join(folder, path), { recursive: true });
    writeFileSync(join(folder, path, "package.json"), JSON.stringify(manifest));
  };
  put("a@1.0.0/node_modules/a", { name: "a", version: "1.0.0", scripts: { postinstall: "x" } });
  put("@s+b@1.0.0/node_modules/@s/b", { name: "@s/b", version: "1.0.0", scripts: { install: "x" } });
  put("c@1.0.0/node_modules/c", { name: "c", version: "1.0.0", scripts: { test: "x" } });
  symlinkSync(join(folder, "a@1.0.0/node_modules/a"), join(folder, "c@1.0.0/node_modules/a"));
  const found = packagesWithScripts(folder).map(({ name }) => name);
  rmSync(folder, { recursive: true });
  expect(found.sort()).toEqual(["@s/b", "a"]);
});
