import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { askedThreads, checkOneOf, checkOptions, StateError, ValueError } from "@wayweave/geo-core";
import { InferenceSession, listSupportedBackends, Tensor } from "onnxruntime-node";
import { GraphBuilder } from "../onnx/graph-builder.js";
import { firstLineOf } from "../onnx/realm.js";
import { ENGINES, type Engine, type Provider, providersOf } from "./engine.js";

export type { Provider } from "./engine.js";

const PROVIDERS: readonly Provider[] = ["cpu", "cuda", "webgpu", "tensorrt", "dml", "coreml"];

/** Where ONNX Runtime runs a model. */
export interface SessionOptions {
  /**
   * Providers to try, in order: the first that works is used. A fallback happens only to a provider that is
   * listed, and is told through `onMessage`. Default `["cpu"]`.
   */
  readonly providers?: readonly Provider[];
  /**
   * In place of `providers`: those of an engine that trains. `"ort-cuda"` and `"ort-webgpu"` fall back to the CPU where they do not work,
   * and say so through `onMessage` or else as a Node warning; `"auto"` is CUDA where that works, and silent.
   */
  readonly engine?: Engine;
  /** Threads for one operator on the CPU; default what `WAYWEAVE_THREADS` says, or ONNX Runtime's choice (the physical cores). */
  readonly threads?: number;
  /** Told, in one line each, why a provider was passed over. Default: nobody is told. */
  readonly onMessage?: (message: string) => void;
}

/**
 * @param more options that a function takes besides
 * @throws {ValueError} an unknown option
 */
export function checkSessionOptions(
  where: string,
  options: SessionOptions,
  more: readonly string[] = [],
): void {
  const known = ["providers", "engine", "threads", "onMessage", ...more];
  checkOptions<Record<string, unknown>>(where, options as Record<string, unknown>, known);
}

/** Where a session's nodes run and its outputs lie. */
export interface PlacementOptions {
  readonly preferredOutputLocation?: Readonly<Record<string, "gpu-buffer" | "cpu">>;
  /** Names of nodes that the WebGPU provider is to leave to the CPU. */
  readonly onCpu?: readonly string[];
}

export interface OpenedSession {
  readonly session: InferenceSession;
  readonly provider: Provider;
}

/**
 * Opens a session on the first provider that works.
 *
 * @throws {ValueError} an unknown provider, an empty list, or threads that are no positive integer
 * @throws {StateError} none of the providers works here; the message says why for each
 */
export async function openSession(
  where: string,
  source: string | Uint8Array,
  options: SessionOptions,
  { preferredOutputLocation, onCpu = [] }: PlacementOptions = {},
): Promise<OpenedSession> {
  const { threads = askedThreads(where), engine } = options;
  const providers = resolveProviders(where, options);
  const onMessage = engine === "auto" ? undefined : (options.onMessage ?? (engine && warn));
  if (threads !== undefined && (!Number.isSafeInteger(threads) || threads <= 0)) {
    throw new ValueError(`${where}: threads must be a positive integer, got ${threads}`);
  }
  const reasons: string[] = [];
  for (const [i, provider] of providers.entries()) {
    const reason = missingReason(provider) ?? (await tryOpen(provider));
    if (typeof reason !== "string") return reason;
    reasons.push(reason);
    const next = providers[i + 1];
    if (next !== undefined) onMessage?.(`${where}: ${reason}; trying ${next}`);
  }
  throw new StateError(`${where}: ${reasons.join("; ")}`);

  async function tryOpen(provider: Provider): Promise<OpenedSession | string> {
    try {
      const session = await createSession(source, {
        executionProviders: [
          provider === "webgpu" && onCpu.length > 0 ? { name: provider, forceCpuNodeNames: onCpu } : provider,
        ],
        ...(preferredOutputLocation === undefined ? {} : { preferredOutputLocation }),
        ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
        // ONNX Runtime warns on the console about every node it moves to the CPU; libraries do not print.
        logSeverityLevel: 3,
      });
      return { session, provider };
    } catch (error) {
      return explain(provider, error);
    }
  }
}

/** What {@link describeProviders} reports about a provider. */
export interface ProviderReport {
  /** The provider that was tried. */
  readonly name: Provider;
  /** Whether a small graph ran on it and gave the right product. */
  readonly available: boolean;
  /** One line: why not, or that a small graph was run on it. */
  readonly detail: string;
}

/**
 * Which providers work on this machine, found by running a small graph on each. The GPU libraries may print
 * warnings of their own to standard error while they look for a device.
 *
 * @param providers which to try; default all that ONNX Runtime knows
 * @throws {ValueError} an unknown provider
 */
export async function describeProviders(
  providers: readonly Provider[] = PROVIDERS,
): Promise<ProviderReport[]> {
  const supported = new Set(listSupportedBackends().map(({ name }) => name));
  const reports: ProviderReport[] = [];
  for (const name of checkProviders("describeProviders", providers)) {
    if (!supported.has(name)) {
      const detail = `onnxruntime-node has no ${name} provider for ${process.platform}-${process.arch}`;
      reports.push({ name, available: false, detail });
      continue;
    }
    reports.push(await probe(name));
  }
  return reports;
}

async function probe(name: Provider): Promise<ProviderReport> {
  const graph = new GraphBuilder({ name: "probe" });
  const factor = graph.input("x", "float32", [2, 2]);
  graph.output(graph.node1("MatMul", [factor, factor], { type: "float32", shape: [2, 2] }), "y");
  try {
    const { session } = await openSession("describeProviders", graph.toBytes(), { providers: [name] });
    const x = new Tensor("float32", Float32Array.of(0, 1, 1, 0), [2, 2]);
    const { y } = await session.run({ x }).finally(() => session.release());
    const right = Array.from(y!.data as Float32Array).join() === "1,0,0,1";
    return { name, available: right, detail: right ? "ran a small graph" : "gave a wrong product" };
  } catch (error) {
    return { name, available: false, detail: firstLineOf(error).replace(/^describeProviders: /, "") };
  }
}

function warn(message: string): void {
  process.emitWarning(message);
}

/**
 * @returns the providers that options name, by themselves or by an engine
 * @throws {ValueError} an unknown one, or both
 */
export function resolveProviders(
  where: string,
  { providers, engine }: Pick<SessionOptions, "providers" | "engine">,
): readonly Provider[] {
  if (engine === undefined) return checkProviders(where, providers ?? ["cpu"]);
  checkOneOf(where, "engine", engine, ENGINES);
  if (providers !== undefined) throw new ValueError(`${where}: engine and providers exclude each other`);
  return providersOf(engine);
}

function checkProviders(where: string, providers: readonly Provider[]): readonly Provider[] {
  if (!Array.isArray(providers)) {
    const got = JSON.stringify(providers) ?? String(providers);
    throw new ValueError(`${where}: providers must be a list of them, got ${got}`);
  }
  if (providers.length === 0) throw new ValueError(`${where}: providers must name at least one provider`);
  for (const provider of providers) {
    if (!PROVIDERS.includes(provider)) {
      throw new ValueError(
        `${where}: providers must be among ${PROVIDERS.join(", ")}, got ${JSON.stringify(provider)}`,
      );
    }
  }
  return providers;
}

/** Why a provider cannot be there at all, found without asking ONNX Runtime, which would print errors. */
function missingReason(provider: Provider): string | undefined {
  if (!listSupportedBackends().some(({ name }) => name === provider)) {
    return `${provider} is not available: onnxruntime-node has no such provider for ${process.platform}-${process.arch}`;
  }
  if (provider !== "cuda" && provider !== "tensorrt") return undefined;
  const library =
    process.platform === "win32"
      ? `onnxruntime_providers_${provider}.dll`
      : `libonnxruntime_providers_${provider}.so`;
  const folder = path.join(
    path.dirname(createRequire(import.meta.url).resolve("onnxruntime-node/package.json")),
    "bin",
    "napi-v6",
    process.platform,
    process.arch,
  );
  if (existsSync(path.join(folder, library))) return undefined;
  return `${provider} is not available: ${library} is not installed (onnxruntime-node's install script fetches it: node node_modules/onnxruntime-node/script/install --onnxruntime-node-install=cuda12)`;
}

function explain(provider: Provider, error: unknown): string {
  const line = firstLineOf(error);
  if (provider === "webgpu" && /adapter/i.test(line)) {
    return "webgpu is not available: no GPU adapter was found (on Linux it needs a Vulkan driver and libvulkan.so.1)";
  }
  return provider === "cpu" ? line : `${provider} is not available: ${line}`;
}

/** `InferenceSession.create` has one overload for paths and one for bytes. */
function createSession(
  source: string | Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  return typeof source === "string"
    ? InferenceSession.create(source, options)
    : InferenceSession.create(source, options);
}
